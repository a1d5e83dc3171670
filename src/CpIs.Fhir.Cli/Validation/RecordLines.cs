namespace CpIs.Fhir.Cli.Validation;

/// <summary>Reads lines of bytes from a stream, holding one at a time.</summary>
/// <param name="stream">Read from where it stands.</param>
/// <param name="longest">Most bytes of a line that are given; of a longer one so many, and the rest is passed over.</param>
internal sealed class RecordLines(Stream stream, int longest)
{
    private byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;
    private bool _isOver;

    /// <summary>Number of the line that was given last, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The next line without its end; null after the last.</summary>
    public async ValueTask<byte[]?> NextAsync(CancellationToken cancellation)
    {
        var searched = 0;
        while (true)
        {
            var at = _buffer.AsSpan((_start + searched)..(_end)).IndexOf((byte)'\n');
            if (at >= 0)
                return Take(searched + at, 1);
            searched = _end - _start;
            if (_isOver)
                return searched > 0 ? Take(searched, 0) : null;
            if (searched > longest)
                return await TakeLongAsync(cancellation);
            await FillAsync(cancellation);
        }
    }

    /// <summary>Everything from the beginning of the line that comes next, as far as the longest line may be.</summary>
    public async Task<byte[]> RestAsync(CancellationToken cancellation)
    {
        while (!_isOver && _end - _start <= longest)
            await FillAsync(cancellation);
        return _buffer[_start..Math.Min(_end, _start + longest)];
    }

    /// <summary>
    /// Whether what comes is a record a line: a first line that is an object from end to end, and an object on the next. One
    /// resource, on one line or on many, is none.
    /// </summary>
    public async Task<bool> AreRecordsAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var ahead = _buffer.AsSpan(_start.._end).TrimStart(" \t\r\n"u8);
            var at = ahead.IndexOf((byte)'\n');
            if (at >= 0)
            {
                var next = ahead[at..].TrimStart(" \t\r\n"u8);
                if (ahead[..at].TrimEnd(" \t\r"u8) is not [(byte)'{', .., (byte)'}'])
                    return false;
                if (!next.IsEmpty)
                    return next[0] == (byte)'{';
            }

            if (_isOver || _end - _start > longest)
                return false;
            await FillAsync(cancellation);
        }
    }

    private byte[] Take(int length, int ending)
    {
        Number++;
        var line = _buffer[_start..(_start + Math.Min(length, longest))];
        _start += length + ending;
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    private async Task<byte[]> TakeLongAsync(CancellationToken cancellation)
    {
        Number++;
        var line = _buffer[_start..(_start + longest)];
        while (true)
        {
            var at = _buffer.AsSpan(_start.._end).IndexOf((byte)'\n');
            _start = at < 0 ? _end : _start + at + 1;
            if (at >= 0 || _isOver)
                return line;
            await FillAsync(cancellation);
        }
    }

    private async Task FillAsync(CancellationToken cancellation)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _isOver = read == 0;
        _end += read;
    }
}
