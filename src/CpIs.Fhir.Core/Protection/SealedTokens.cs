using System.Collections.Frozen;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// Search tokens of a sealed store. What names no child stays readable; of everything else only hashes are stored: of the
/// whole token, and of the beginnings by which searches ask for it. A search then asks for hashes, to the letter, so that what
/// it finds, its total and its pages are exactly those of a readable store.
/// </summary>
/// <remarks>
/// A name has a hash for each of its beginnings, from none to all of its characters: 200 at most (the longest name that
/// is taken), so that no search needs to look into what it has found. A day has its six parts (<see cref="DayCover"/>); an
/// identifier its system. All are stored, so none of these forms ever changes for a store.
/// </remarks>
internal sealed class SealedTokens(BlindIndex index)
{
    /// <summary>Parameters whose values name no child: codes, authorities, and ids that this exchange has made.</summary>
    private static readonly FrozenSet<string> Readable =
    [
        "status",
        "type",
        "code",
        "organization",
        "author",
        "patient",
    ];

    /// <summary>A token that nothing has, for what cannot be found.</summary>
    private const string Nothing = "-";

    private static readonly FrozenSet<string> Names = Of(ParameterKind.Text, parameter => [parameter.Token]);

    private static readonly FrozenSet<string> Days = Of(
        ParameterKind.Date,
        parameter => [parameter.Token, parameter.Token + ":start", parameter.Token + ":end"]
    );

    /// <summary>What to store.</summary>
    public IReadOnlyList<string> Seal(IReadOnlyList<string> tokens)
    {
        var stored = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in tokens)
        {
            stored.Add(Whole(token));
            foreach (var length in Beginnings(token))
                stored.Add(index.Text(BlindDomain.TokenPrefix, token.AsSpan(0, length)));
        }

        return [.. stored];
    }

    /// <summary>What to ask for.</summary>
    /// <exception cref="ArgumentException">
    /// The beginning of something that is not a name, or a range of something that is not a day: no search asks for that.
    /// </exception>
    public Condition Rewrite(Condition condition) =>
        condition switch
        {
            Condition.AnyToken any => new Condition.AnyToken([.. any.Tokens.Select(Whole)]),
            Condition.Without without => new Condition.Without([.. without.Tokens.Select(Whole)]),
            Condition.TokenPrefix prefix when !IsReadable(prefix.Prefix) => Begins(prefix.Prefix),
            Condition.TokenRange range when !IsReadable(range.From) => Within(range),
            // No parameter is readable in part, so that either all become hashes or none does.
            Condition.AnyOf any when any.Conditions.Select(Rewrite).ToList() is var rewritten => rewritten.TrueForAll(
                c => c is Condition.AnyToken
            )
                ? new Condition.AnyToken([.. rewritten.SelectMany(c => ((Condition.AnyToken)c).Tokens)])
                : new Condition.AnyOf(rewritten),
            _ => condition,
        };

    private string Whole(string token) => IsReadable(token) ? token : index.Text(BlindDomain.Token, token);

    private Condition.AnyToken Begins(string prefix) =>
        Names.Contains(Parameter(prefix)) || prefix.EndsWith('|')
            ? new Condition.AnyToken([index.Text(BlindDomain.TokenPrefix, prefix)])
            : throw new ArgumentException($"'{Parameter(prefix)}' is not searched by its beginning.", nameof(prefix));

    private Condition.AnyToken Within(Condition.TokenRange range)
    {
        var parameter = Parameter(range.From);
        if (
            !Days.Contains(parameter)
            || Parameter(range.To) != parameter
            || !DayCover.TryParse(range.From.AsSpan(parameter.Length + 1), out var from)
            || !DayCover.TryParse(range.To.AsSpan(parameter.Length + 1), out var to)
        )
            throw new ArgumentException($"'{parameter}' is not searched by such a range.", nameof(range));
        var cover = DayCover.Of(from, to).Select(part => $"{parameter}={part}").ToList();
        return new Condition.AnyToken(
            cover.Count == 0
                ? [Nothing]
                :
                [
                    .. cover.Select(part =>
                        index.Text(
                            part.Length == parameter.Length + 11 ? BlindDomain.Token : BlindDomain.TokenPrefix,
                            part
                        )
                    ),
                ]
        );
    }

    /// <summary>Lengths of the beginnings by which a token can be asked for.</summary>
    private static IEnumerable<int> Beginnings(string token)
    {
        var parameter = Parameter(token);
        var value = parameter.Length + 1;
        if (value > token.Length || Readable.Contains(parameter))
            return [];
        if (Names.Contains(parameter))
            return Enumerable
                .Range(value, token.Length - value + 1)
                .Where(end => end == token.Length || !char.IsLowSurrogate(token[end]));
        if (Days.Contains(parameter))
            return DayCover.TryParse(token.AsSpan(value), out _) ? DayCover.Lengths.Select(cut => value + cut) : [];
        return Enumerable.Range(value, token.Length - value).Where(at => token[at] == '|').Select(at => at + 1);
    }

    private static bool IsReadable(string token) => Readable.Contains(Parameter(token));

    private static string Parameter(string token)
    {
        var end = token.IndexOf('=', StringComparison.Ordinal);
        return end < 0 ? token : token[..end];
    }

    private static FrozenSet<string> Of(ParameterKind kind, Func<Parameter, string[]> tokens) =>
        SearchTables
            .Records.SelectMany(table => table.SearchParameters)
            .Where(parameter => parameter.Kind == kind)
            .SelectMany(tokens)
            .ToFrozenSet();
}
