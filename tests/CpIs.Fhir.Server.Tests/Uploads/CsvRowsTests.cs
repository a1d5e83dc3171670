using System.Text;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Server.DailyFiles;

namespace CpIs.Fhir.Server.Tests.Uploads;

/// <summary>What spreadsheets and hostile senders write, cut into rows.</summary>
public sealed class CsvRowsTests
{
    [Theory]
    [InlineData("a,b\r\n1,2\r\n")]
    [InlineData("a;b\n1;2")]
    [InlineData("a\tb\r1\t2\r")]
    [InlineData("a|b\n1|2")]
    [InlineData("\"a\",\"b\"\n\"1\",\"2\"\n")]
    public async Task The_header_tells_what_parts_the_cells(string text) =>
        (await ReadAsync(Encoding.UTF8.GetBytes(text))).Select(Shown).Should().Equal("1: a b", "2: 1 2");

    [Fact]
    public async Task Rows_are_numbered_as_a_spreadsheet_does()
    {
        var rows = await ReadAsync("a,b,c,d\n\n1,2,3,4\n\"x\ny\",2,3,4\n5,\"s, \"\"t\"\"\",7,8\n\n"u8.ToArray());
        rows.Select(Shown)
            .Should()
            .Equal("1: a b c d", "2: ", "3: 1 2 3 4", "4: x\ny 2 3 4", "5: 5 s, \"t\" 7 8", "6: ");
    }

    [Theory]
    [InlineData("1,\"open,3,4")]
    [InlineData("1,O\"Rourke,3,4")]
    public async Task A_quotation_mark_that_is_never_closed_harms_its_own_row_alone(string broken)
    {
        var rows = await ReadAsync(Encoding.UTF8.GetBytes($"a,b,c,d\n{broken}\n1,2,3,4\n{broken}\n{broken}\n5,6,7,8"));
        rows.Select(row => row.State)
            .Should()
            .Equal(
                CsvRowState.Whole,
                CsvRowState.OpenQuote,
                CsvRowState.Whole,
                CsvRowState.OpenQuote,
                CsvRowState.OpenQuote,
                CsvRowState.Whole
            );
        Shown(rows[^1]).Should().Be("6: 5 6 7 8");
    }

    [Fact]
    public async Task A_field_without_end_takes_no_memory_and_the_rows_after_it_are_read()
    {
        const long size = 300L * 1_024 * 1_024;
        await using var file = new Endless("a,b\n1,\""u8.ToArray(), size, "\n5,6\n"u8.ToArray());
        // Nothing waits, so all of it is done by this thread, and others do not count.
        var before = GC.GetAllocatedBytesForCurrentThread();

        var rows = await ReadAsync(file);

        rows.Select(row => row.State).Should().Equal(CsvRowState.Whole, CsvRowState.TooLong, CsvRowState.Whole);
        Shown(rows[^1]).Should().Be("3: 5 6");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(size / 10);
    }

    [Theory]
    [InlineData("utf-8", true, false)]
    [InlineData("utf-8", false, false)]
    [InlineData("utf-16", true, false)]
    [InlineData("utf-16BE", true, false)]
    [InlineData("windows-1252", false, true)]
    public async Task Letters_are_read_in_the_encodings_of_spreadsheets(string encoding, bool hasMark, bool isOther)
    {
        var letters =
            encoding == "windows-1252"
                ? CodePagesEncodingProvider.Instance.GetEncoding(encoding)!
                : Encoding.GetEncoding(encoding);
        byte[] mark = hasMark ? letters.GetPreamble() : [];

        var rows = await ReadAsync([.. mark, .. letters.GetBytes("a,b\nZoë,€ O’Brien\nx,y")]);

        rows.Select(Shown).Should().Equal("1: a b", "2: Zoë € O’Brien", "3: x y");
        rows.Select(row => row.OtherLetters != 0).Should().Equal(false, isOther, false);
    }

    [Fact]
    public async Task Bytes_that_are_nothing_are_rows_all_the_same()
    {
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(0, 5_000)];
            random.NextBytes(bytes);
            var rows = await ReadAsync([.. "a,b\n"u8, .. bytes, .. "\n"u8]);
            rows.Select(row => row.Number).Should().Equal(Enumerable.Range(1, rows.Count));
        }
    }

    private static string Shown(CsvRow row) => $"{row.Number}: {string.Join(' ', row.Cells)}";

    private static Task<List<CsvRow>> ReadAsync(byte[] file) => ReadAsync(new MemoryStream(file));

    private static async Task<List<CsvRow>> ReadAsync(Stream file)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var rows = new CsvRows(file);
        List<CsvRow> all = [(await rows.HeaderAsync(cancellation))!];
        await foreach (var row in rows.ReadAsync(cancellation))
            all.Add(row);
        return all;
    }

    /// <summary>A beginning, so many letters, and an end; nothing of it is in memory.</summary>
    private sealed class Endless(byte[] begin, long letters, byte[] end) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _at;
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var span = buffer.Span;
            var read = 0;
            for (; read < span.Length && _at < begin.Length + letters + end.Length; read++, _at++)
                span[read] =
                    _at < begin.Length ? begin[_at]
                    : _at < begin.Length + letters ? (byte)'x'
                    : end[_at - begin.Length - letters];
            return ValueTask.FromResult(read);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
