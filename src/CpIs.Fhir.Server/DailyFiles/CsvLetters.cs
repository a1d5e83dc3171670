using System.Text;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>
/// The letters of a CSV file: UTF-8 or UTF-16 by the mark at its beginning, else UTF-8. A byte that is no UTF-8 is taken for Windows-1252, which
/// spreadsheets write without a mark; until its cell is read it stands as a character of the private use area, so that the cell can tell.
/// </summary>
internal static class CsvLetters
{
    private const char First = '\uF700';
    private const char Last = '\uF7FF';

    private static readonly Encoding Windows = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>Reads the letters of a file.</summary>
    public static StreamReader Open(Stream file) =>
        new(
            file,
            Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new Fallback()),
            detectEncodingFromByteOrderMarks: true,
            bufferSize: 32 * 1_024,
            leaveOpen: true
        );

    /// <summary>The text of a cell as it was meant.</summary>
    /// <param name="text">As it was decoded.</param>
    /// <param name="isOther">True where some of it was no UTF-8.</param>
    public static string Restore(string text, out bool isOther)
    {
        isOther = text.AsSpan().IndexOfAnyInRange(First, Last) >= 0;
        if (!isOther)
            return text;
        return string.Create(
            text.Length,
            text,
            static (into, from) =>
            {
                Span<byte> one = stackalloc byte[1];
                for (var i = 0; i < into.Length; i++)
                {
                    into[i] = from[i];
                    if (from[i] is < First or > Last)
                        continue;
                    one[0] = (byte)(from[i] - First);
                    Windows.GetChars(one, into.Slice(i, 1));
                }
            }
        );
    }

    private sealed class Fallback : DecoderFallback
    {
        public override int MaxCharCount => 4;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

        private sealed class Buffer : DecoderFallbackBuffer
        {
            private byte[] _bytes = [];
            private int _next;

            public override int Remaining => _bytes.Length - _next;

            public override bool Fallback(byte[] bytesUnknown, int index)
            {
                (_bytes, _next) = (bytesUnknown, 0);
                return bytesUnknown.Length > 0;
            }

            public override char GetNextChar() => _next < _bytes.Length ? (char)(First + _bytes[_next++]) : '\0';

            public override bool MovePrevious() => _next > 0 && _next-- > 0;

            public override void Reset() => (_bytes, _next) = ([], 0);
        }
    }
}
