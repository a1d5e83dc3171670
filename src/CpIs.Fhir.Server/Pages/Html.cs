using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace CpIs.Fhir.Server.Pages;

/// <summary>
/// Markup. It is made from interpolated strings whose text is the markup and whose values are encoded, so that nothing that
/// was sent can be taken for markup; only a value that is <see cref="Html"/> itself stands as it is.
/// </summary>
internal sealed record Html(string Markup)
{
    /// <summary>Nothing.</summary>
    public static Html None { get; } = new("");

    /// <summary>Markup with values in it.</summary>
    public static Html Of(ref Builder markup) => new(markup.ToString());

    /// <summary>Pieces one after the other.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(piece => piece.Markup)));

    /// <summary>What the compiler makes of an interpolated string.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Builder(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _markup = new(literalLength + 32 * formattedCount);

        public void AppendLiteral(string markup) => _markup.Append(markup);

        public void AppendFormatted(Html? value) => _markup.Append(value?.Markup);

        public void AppendFormatted(string? value) => _markup.Append(HtmlEncoder.Default.Encode(value ?? ""));

        public void AppendFormatted(int value) => _markup.Append(value);

        public override string ToString() => _markup.ToString();
    }
}
