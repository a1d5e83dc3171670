using System.Text;
using CpIs.Fhir.Core.DailyFiles;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>The lines of a file, one at a time, whatever ends them. Of a line that is too long nothing is kept but that it was there.</summary>
internal sealed class CsvLines(TextReader text)
{
    private const int Longest = DailyRecord.MostBytes;

    private readonly char[] _buffer = new char[16 * 1_024];
    private readonly StringBuilder _line = new();
    private readonly LinkedList<string?> _back = new();
    private int _at;
    private int _end;
    private bool _skipsLineFeed;

    /// <summary>The next line without its end, and whether there is one. The text is null for a line that is too long.</summary>
    public async ValueTask<(string? Text, bool IsThere)> NextAsync(CancellationToken cancellation)
    {
        if (_back.First is { } back)
        {
            _back.RemoveFirst();
            return (back.Value, true);
        }

        _line.Clear();
        var isTooLong = false;
        var hasAny = false;
        while (true)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, await text.ReadAsync(_buffer, cancellation));
                if (_end == 0)
                    return hasAny ? (isTooLong ? null : _line.ToString(), true) : (null, false);
            }

            if (_skipsLineFeed && _buffer[_at] == '\n')
            {
                _skipsLineFeed = false;
                _at++;
                continue;
            }

            _skipsLineFeed = false;
            hasAny = true;
            var rest = _buffer.AsMemory(_at, _end - _at);
            var length = rest.Span.IndexOfAny('\r', '\n');
            var piece = length < 0 ? rest : rest[..length];
            isTooLong |= _line.Length + piece.Length > Longest;
            if (isTooLong)
                _line.Clear();
            else
                _line.Append(piece.Span);
            _at += piece.Length;
            if (length < 0)
                continue;
            _skipsLineFeed = _buffer[_at++] == '\r';
            return (isTooLong ? null : _line.ToString(), true);
        }
    }

    /// <summary>Puts lines back: they are the next ones again.</summary>
    public void PutBack(IEnumerable<string?> lines)
    {
        foreach (var line in lines.Reverse())
            _back.AddFirst(line);
    }
}
