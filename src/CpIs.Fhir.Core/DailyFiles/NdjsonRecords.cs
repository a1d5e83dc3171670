using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>Records as NDJSON: one on each line. One line is in memory at a time.</summary>
public static class NdjsonRecords
{
    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The records, as they come. Blank lines are passed over, and counted.</summary>
    public static async IAsyncEnumerable<DailyRecord> ReadAsync(
        Stream file,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(file);
        var pipe = PipeReader.Create(
            file,
            new StreamPipeReaderOptions(bufferSize: DailyRecord.MostBytes, leaveOpen: true)
        );
        var number = 0;
        var isTooLong = false;
        while (true)
        {
            var read = await pipe.ReadAsync(cancellation).ConfigureAwait(false);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                number++;
                if (RecordOf(number, rest.Slice(0, end), isTooLong) is { } record)
                    yield return record;
                isTooLong = false;
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            if (read.IsCompleted)
            {
                if (RecordOf(number + 1, rest, isTooLong) is { } last)
                    yield return last;
                break;
            }

            if (rest.Length > DailyRecord.MostBytes)
            {
                // Of a line that is too long nothing is kept but that it was there.
                isTooLong = true;
                rest = rest.Slice(rest.End);
            }

            pipe.AdvanceTo(rest.Start, rest.End);
        }

        await pipe.CompleteAsync().ConfigureAwait(false);
    }

    private static DailyRecord? RecordOf(int number, ReadOnlySequence<byte> line, bool isTooLong)
    {
        var position = new RecordPosition(RecordForm.Line, number);
        if (isTooLong || line.Length > DailyRecord.MostBytes + 4)
            return RecordReading.Unread(position, RecordReading.TooLong());
        ReadOnlyMemory<byte> json = line.ToArray();
        if (number == 1 && json.Span.StartsWith(Mark))
            json = json[Mark.Length..];
        while (json.Length > 0 && json.Span[^1] is (byte)'\r' or (byte)' ' or (byte)'\t')
            json = json[..^1];
        while (json.Length > 0 && json.Span[0] is (byte)' ' or (byte)'\t')
            json = json[1..];
        return json.IsEmpty ? null : RecordReading.Read(position, json);
    }
}
