using System.Text;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Daily files wait durably, are somebody's by revision, and a record has one result, in the commit that stored it.</summary>
public abstract class DailyFileContract : StoreContract
{
    private IDailyFileStore Files => Store.DailyFiles;

    [Fact]
    public async Task A_file_is_opened_once_and_read_back_whole_also_after_reopening()
    {
        var file = File(1) with
        {
            Parts = new Dictionary<int, DailyFilePart> { [2] = new("b2", "h2", 3, 1), [1] = new("b1", "h1", 5, 2) },
            Counts = new DailyFileCounts { Loaded = 1, Refused = 2 },
            Lease = new DailyFileLease("server", Make.Noon),
            Served = Make.Noon,
            Mode = DailyFileMode.Full,
        };

        (await Files.OpenFileAsync(file, Cancellation)).Should().BeEquivalentTo(file);
        (await Files.OpenFileAsync(file with { RequestId = "other" }, Cancellation)).RequestId.Should().Be("request");
        await Store.ReopenAsync();

        (await Files.ReadFileAsync(file.Id, Cancellation)).Should().BeEquivalentTo(file);
        (await Files.ReadFileAsync("nothing", Cancellation)).Should().BeNull();
    }

    [Fact]
    public async Task Of_thirty_two_who_replace_a_file_at_once_one_does()
    {
        var file = await Files.OpenFileAsync(File(1), Cancellation);

        var won = await RaceAsync(
            32,
            i => Files.ReplaceFileAsync(file with { Revision = 2, ClientId = $"{i}" }, Cancellation)
        );

        won.Count(w => w).Should().Be(1);
        (await Files.ReadFileAsync(file.Id, Cancellation))!.ClientId.Should().Be($"{Array.IndexOf(won, true)}");
        (await Files.ReplaceFileAsync(file with { Revision = 4 }, Cancellation)).Should().BeFalse();
        (await Files.ReplaceFileAsync(File(9) with { Revision = 2 }, Cancellation)).Should().BeFalse();
    }

    [Fact]
    public async Task Those_that_wait_are_found_whosever_they_are_and_an_authoritys_latest_first()
    {
        await Files.OpenFileAsync(File(1), Cancellation);
        await Files.OpenFileAsync(File(2, DailyFileState.Waiting), Cancellation);
        await Files.OpenFileAsync(File(3, DailyFileState.Waiting) with { Authority = "E10000012" }, Cancellation);
        await Files.OpenFileAsync(File(4, DailyFileState.Done), Cancellation);
        await Files.ReplaceFileAsync(File(1, DailyFileState.Waiting) with { Revision = 2 }, Cancellation);
        await Files.ReplaceFileAsync(File(2, DailyFileState.Done) with { Revision = 2 }, Cancellation);

        // It is done, and what it leaves out is to be ended.
        var ending = new MissingEnding
        {
            Asked = Make.Noon,
            ClientId = "client",
            RequestId = "end",
        };
        await Files.ReplaceFileAsync(File(4, DailyFileState.Done) with { Revision = 2, Ending = ending }, Cancellation);

        (await Files.ReadWaitingFilesAsync(Cancellation)).Select(f => f.Sequence).Should().BeEquivalentTo([1, 3, 4]);
        (await Files.ReadFilesAsync(Make.Herts, 2, Cancellation)).Select(f => f.Sequence).Should().Equal(4, 2);
    }

    [Fact]
    public async Task Slices_are_kept_by_batch_and_number_and_a_repeat_takes_the_place_of_the_first()
    {
        await PutAsync("f", "a", 0, "one");
        await PutAsync("f", "a", 1, "two");
        await PutAsync("f", "b", 0, "three");
        await PutAsync("g", "a", 0, "four");
        await PutAsync("f", "a", 0, "five");
        await Store.ReopenAsync();

        (await ReadAsync("f", "a", 0)).Should().Be("five");
        (await ReadAsync("f", "b", 0)).Should().Be("three");
        (await ReadAsync("f", "b", 1)).Should().BeNull();
        await Files.RemoveSlicesAsync("f", Cancellation);
        (await ReadAsync("f", "a", 1)).Should().BeNull();
        (await ReadAsync("g", "a", 0)).Should().Be("four");
    }

    [Fact]
    public async Task A_record_has_one_result_and_what_it_stored_is_there_with_it_or_not_at_all()
    {
        var won = await RaceAsync(
            8,
            i =>
                Records.CommitAsync(
                    Make.Commit(Make.Resource($"r{i}")) with
                    {
                        Result = new RecordResult("f", 5, Bytes($"{i}")),
                    },
                    Cancellation
                )
        );
        await Store.ReopenAsync();

        won.Count(o => o == CommitOutcome.Committed).Should().Be(1);
        var winner = Array.IndexOf(won, CommitOutcome.Committed);
        var result = (await Files.ReadResultsAsync("f", 0, 100, Cancellation)).Should().ContainSingle().Which;
        (result.Number, Encoding.UTF8.GetString(result.Body.Span)).Should().Be((5, $"{winner}"));
        for (var i = 0; i < 8; i++)
            (await Records.ReadAsync(RecordType.EpisodeOfCare, $"r{i}", null, Cancellation) is not null)
                .Should()
                .Be(i == winner);
        // One that meets a conflict leaves no result.
        var conflict = Make.Commit(Make.Resource($"r{winner}")) with
        {
            Result = new RecordResult("f", 6, Bytes("x")),
        };
        (await Records.CommitAsync(conflict, Cancellation)).Should().Be(CommitOutcome.Conflict);
        (await Files.ReadResultsAsync("f", 6, 1, Cancellation)).Should().BeEmpty();
    }

    [Fact]
    public async Task Results_are_read_in_the_order_of_the_records_a_range_at_a_time()
    {
        foreach (var n in new[] { 11, 2, 10, 1, 0 })
            await Records.CommitAsync(new Commit { Result = new RecordResult("f", n, Bytes($"{n}")) }, Cancellation);

        (await Files.ReadResultsAsync("f", 1, 10, Cancellation)).Select(r => r.Number).Should().Equal(1, 2, 10);
        (await Files.ReadResultsAsync("g", 0, 10, Cancellation)).Should().BeEmpty();
    }

    [Fact]
    public async Task Old_files_go_with_slices_and_results_and_none_that_waits()
    {
        await Files.OpenFileAsync(File(1, DailyFileState.Done), Cancellation);
        await Files.OpenFileAsync(File(2, DailyFileState.Waiting), Cancellation);
        await Files.OpenFileAsync(File(3), Cancellation);
        await Files.OpenFileAsync(File(50, DailyFileState.Done), Cancellation);
        foreach (var n in new[] { 1, 2, 50 })
        {
            await PutAsync(File(n).Id, "b", 0, "records");
            await Records.CommitAsync(
                new Commit { Result = new RecordResult(File(n).Id, 0, Bytes("done")) },
                Cancellation
            );
        }

        // With its report, and what became of the plans that it leaves out.
        var report = File(1).ReportId;
        await PutAsync(report, "b", 0, "plans");
        await Records.CommitAsync(new Commit { Result = new RecordResult(report, 0, Bytes("ended")) }, Cancellation);

        (await Files.RemoveFilesAsync(Make.Noon.AddMinutes(50), 1, Cancellation)).Should().Be(1);
        (await Files.RemoveFilesAsync(Make.Noon.AddMinutes(50), 100, Cancellation)).Should().Be(1);

        (await Files.ReadFilesAsync(Make.Herts, 9, Cancellation)).Select(f => f.Sequence).Should().Equal(50, 2);
        (await ReadAsync(File(1).Id, "b", 0)).Should().BeNull();
        (await ReadAsync(File(2).Id, "b", 0)).Should().Be("records");
        (await Files.ReadResultsAsync(File(1).Id, 0, 9, Cancellation)).Should().BeEmpty();
        (await ReadAsync(report, "b", 0)).Should().BeNull();
        (await Files.ReadResultsAsync(report, 0, 9, Cancellation)).Should().BeEmpty();
        (await Files.ReadResultsAsync(File(50).Id, 0, 9, Cancellation)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_file_is_dropped_with_its_slices_where_nobody_changed_it_meanwhile()
    {
        var file = await Files.OpenFileAsync(File(1), Cancellation);
        await PutAsync(file.Id, "b", 0, "records");

        (await Files.DropFileAsync(file with { Revision = 2 }, Cancellation)).Should().BeFalse();
        (await Files.DropFileAsync(file, Cancellation)).Should().BeTrue();

        (await Files.ReadFileAsync(file.Id, Cancellation)).Should().BeNull();
        (await ReadAsync(file.Id, "b", 0)).Should().BeNull();
    }

    internal static DailyFile File(int n, DailyFileState state = DailyFileState.Receiving) =>
        new()
        {
            Authority = Make.Herts.Value,
            Sequence = n,
            Made = Make.Noon,
            State = state,
            Received = Make.Noon.AddMinutes(n),
            ClientId = "client",
            OrganisationName = "Hertfordshire",
            RequestId = "request",
            OccurrenceId = "occurrence",
        };

    private Task PutAsync(string file, string batch, int number, string text) =>
        Files.PutSliceAsync(file, batch, number, Bytes(text), Cancellation);

    private async Task<string?> ReadAsync(string file, string batch, int number) =>
        await Files.ReadSliceAsync(file, batch, number, Cancellation) is { } slice
            ? Encoding.UTF8.GetString(slice.Span)
            : null;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
