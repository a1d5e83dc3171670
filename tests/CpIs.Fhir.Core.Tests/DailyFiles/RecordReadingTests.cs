using System.Text;
using CpIs.Fhir.Core.DailyFiles;

namespace CpIs.Fhir.Core.Tests.DailyFiles;

public class RecordReadingTests
{
    private const string Record =
        """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:a","resource":{"resourceType":"Patient"}},{"resource":{"resourceType":"EpisodeOfCare"}}]}""";

    [Fact]
    public async Task Each_line_is_a_record_that_knows_its_line()
    {
        var records = await Read($"\uFEFF{Record}\r\n\n  {Record}\nnot json\n{Record}");
        records.Select(r => r.Position.ToString()).Should().Equal("line 1", "line 3", "line 4", "line 5");
        records.Select(r => r.Faults.Count).Should().Equal(0, 0, 1, 0);
        records[1]
            .Entries.Select(e => (e.FullUrl, Encoding.UTF8.GetString(e.Resource.Span)))
            .Should()
            .Equal(("urn:uuid:a", """{"resourceType":"Patient"}"""), (null, """{"resourceType":"EpisodeOfCare"}"""));
    }

    [Fact]
    public async Task A_line_that_is_too_long_stops_no_other()
    {
        var records = await Read($"{Record}\n{new string('x', 3 * DailyRecord.MostBytes)}\n{Record}\n");
        records.Select(r => r.Position.Number).Should().Equal(1, 2, 3);
        records.Select(r => r.Faults is [var fault] ? fault.Code : null).Should().Equal(null, "too-long", null);
    }

    [Fact]
    public async Task A_file_is_read_however_its_bytes_arrive()
    {
        var text = string.Join('\n', Enumerable.Repeat(Record, 2_000));
        var records = await Read(text, bytesAtOnce: 7_001);
        records.Should().HaveCount(2_000).And.OnlyContain(r => r.Faults.Count == 0 && r.Entries.Count == 2);
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient"}""", "a Bundle of type collection")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[]}""", "transaction")]
    [InlineData("""{"resourceType":"Bundle","type":"collection"}""", "no entry")]
    [InlineData("""{"resourceType":"Bundle","type":"collection","entry":[{}]}""", "no resource")]
    [InlineData("""{"resourceType":"Bundle","type":"collection","total":1,"entry":[{"resource":{}}]}""", "total")]
    [InlineData("""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{},"request":{}}]}""", "request")]
    [InlineData("""{"resourceType":"Bundle"} {}""", "not complete JSON")]
    [InlineData("""[1]""", "not complete JSON")]
    [InlineData("""{"resourceType":"Bundle","type":"coll""", "not complete JSON")]
    public async Task What_is_wrong_with_the_form_of_a_record_is_a_fault_of_it(string line, string told)
    {
        var record = (await Read(line)).Should().ContainSingle().Which;
        record
            .Faults.Should()
            .ContainSingle(fault => fault.Diagnostics.Contains(told, StringComparison.Ordinal))
            .Which.Rule.Should()
            .Be("cpis-daily-record");
    }

    [Fact]
    public void A_Bundle_holds_records_and_says_its_number_and_time()
    {
        var file = Collection(
            $$$"""{"resourceType":"Bundle","type":"collection","identifier":{"system":"s","value":"7"},"timestamp":"2026-07-01T22:00:00Z","entry":[{"resource":{{{Record}}}},{"fullUrl":"urn:uuid:b","resource":{"resourceType":"Patient"}},{}]}"""
        );
        (file.Value.Sequence, file.Value.Made).Should().Be(("7", "2026-07-01T22:00:00Z"));
        file.Value.Records.Select(r => (r.Position.ToString(), r.Faults.Count))
            .Should()
            .Equal(("entry[0]", 0), ("entry[1]", 1), ("entry[2]", 1));
    }

    [Theory]
    [InlineData("""{"resourceType":"Bundle","type":"transaction"}""", RefusalKind.Rule)]
    [InlineData("""{"resourceType":"Bundle","type":"collection","link":[]}""", RefusalKind.Rule)]
    [InlineData("""{"resourceType":"Bundle",""", RefusalKind.Malformed)]
    [InlineData("", RefusalKind.Malformed)]
    public void What_is_no_daily_file_is_refused_whole(string json, RefusalKind kind) =>
        Collection(json).Refusal!.Kind.Should().Be(kind);

    private static Result<CollectionRecords> Collection(string json) =>
        CollectionRecords.Read(Encoding.UTF8.GetBytes(json));

    private static async Task<List<DailyRecord>> Read(string text, int? bytesAtOnce = null)
    {
        using var file = new SlowStream(Encoding.UTF8.GetBytes(text), bytesAtOnce ?? int.MaxValue);
        var records = new List<DailyRecord>();
        await foreach (var record in NdjsonRecords.ReadAsync(file, TestContext.Current.CancellationToken))
            records.Add(record);
        return records;
    }

    private sealed class SlowStream(byte[] bytes, int atOnce) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(atOnce, buffer.Length)], cancellationToken);
    }
}
