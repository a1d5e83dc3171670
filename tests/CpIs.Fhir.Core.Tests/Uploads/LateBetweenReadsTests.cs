using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>
/// Late never wins (promise 15), also where a newer file is committed between two reads of another write. The reads of a write are not one
/// moment: what they find together may never have been held together.
/// </summary>
public sealed class LateBetweenReadsTests
{
    private const string Identity = "XHF01|CPP-0001";
    private static readonly DateTimeOffset First = UploadHarness.Noon.AddDays(-3);
    private static readonly DateTimeOffset Second = UploadHarness.Noon.AddDays(-2);
    private static readonly DateTimeOffset Third = UploadHarness.Noon.AddDays(-1);

    private static readonly Dictionary<string, Func<JsonNode>> Files = new()
    {
        ["first"] = () => Sample.Child().At(First),
        ["second"] = () => File("Ashdown", Sample.Episode().With("resource.period.end", "2026-12-31")).At(Second),
        ["unchanged"] = () => Sample.Child().At(Third),
        ["ended"] = () => File("Marlow", Ended()).At(Third),
        ["withdrawn"] = () => File("Marlow", Sample.Episode().With("resource.status", "entered-in-error")).At(Third),
        ["moved"] = () => Sample.Child(number: Sample.Casey).At(Third),
    };

    /// <summary>Reads: own records of the children, EpisodesOfCare, Flags.</summary>
    public static MatrixTheoryData<string, string, int> LateFiles { get; } =
        new(["first", "second"], ["unchanged", "ended", "withdrawn", "moved"], [1, 2, 3]);

    [Theory]
    [MemberData(nameof(LateFiles))]
    public async Task A_late_file_changes_nothing_of_a_newer_one_that_came_between_its_reads(
        string late,
        string newer,
        int read
    )
    {
        await using var harness = await UploadHarness.OpenAsync();
        await using var expected = await UploadHarness.OpenAsync();
        foreach (var file in new[] { "first", late, newer })
            await expected.StoreAsync(Files[file]());
        await harness.StoreAsync(Files["first"]());

        var result = await harness.SendAsync(Files[late](), store: Between(harness, read, Files[newer]));

        result.Refusal.Should().BeNull();
        (await PlanAsync(harness)).Should().Be(await PlanAsync(expected));
        var child = newer == "moved" ? Sample.Casey : Sample.Robin;
        (await PatientAsync(harness, child)).Should().Be(await PatientAsync(expected, child));
    }

    [Fact]
    public async Task A_correction_of_a_plan_that_is_removed_between_its_reads_opens_the_plan()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Files["first"]());
        var watched = new CountingStore(harness.Store)
        {
            BeforeRead = async read =>
            {
                if (read == 3)
                    await RemoveAsync(harness);
            },
        };

        var result = await harness.SendAsync(Files["moved"](), store: watched);

        result.Refusal.Should().BeNull();
        watched.Commits.Should().Be(2);
        (await PlanAsync(harness)).Should().Match<HeldPlan>(p => p.Child == Sample.Casey && p.Status == "Active");
        (await harness.ChildAsync(Sample.Robin)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(RecordType.EpisodeOfCare, 1, RefusalKind.PreconditionFailed)]
    [InlineData(RecordType.EpisodeOfCare, 2, RefusalKind.PreconditionFailed)]
    [InlineData(RecordType.EpisodeOfCare, 3, RefusalKind.PreconditionFailed)]
    [InlineData(RecordType.Flag, 1, RefusalKind.Rule)]
    [InlineData(RecordType.Flag, 2, RefusalKind.Rule)]
    [InlineData(RecordType.Flag, 3, RefusalKind.Rule)]
    public async Task One_resource_of_a_plan_that_ended_between_the_reads_does_not_open_it_again(
        RecordType type,
        int read,
        RefusalKind why
    )
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Files["first"]());
        var patient = $"Patient?identifier={Sample.Nhs}|{Sample.Robin}";
        var (system, value) = (FhirSystems.PlanId(OdsCode.Parse("XHF01")), "CPP-0001");
        var sent =
            type == RecordType.Flag
                ? Sample.Flag(patient: patient, episode: $"EpisodeOfCare?identifier={system}|{value}")
                : Sample.Episode(patient: patient);
        var write = Write(type, sent["resource"]!.ToJsonString()) with { Identifier = (system, value) };

        var result = await harness
            .OneRecord(Between(harness, read, Files["ended"]))
            .ExecuteAsync(write, TestContext.Current.CancellationToken);

        result.Refusal!.Kind.Should().Be(why);
        (await PlanAsync(harness)).Status.Should().Be("Finished");
    }

    [Theory]
    [InlineData("ended", 1)]
    [InlineData("ended", 2)]
    [InlineData("unchanged", 2)]
    public async Task A_DELETE_withdraws_both_as_the_file_that_came_between_its_reads_left_them(string newer, int read)
    {
        await using var harness = await UploadHarness.OpenAsync();
        var flag = (await harness.StoreAsync(Sample.ChildWithFlag().At(First)))[2];
        var write = Write(RecordType.Flag, "") with { Id = flag.Id };

        var result = await harness
            .Deletion(Between(harness, read, Files[newer]))
            .ExecuteAsync(write, TestContext.Current.CancellationToken);

        result.Refusal.Should().BeNull();
        (await PlanAsync(harness)).Should().Match<HeldPlan>(p => p.Status == "Withdrawn" && p.IsDeleted);
    }

    [Fact]
    public async Task A_plan_that_is_deleted_stays_so_where_a_withdrawal_of_it_comes_with_a_change()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var episode = (await harness.StoreAsync(Files["first"]()))[1];
        var write = Write(RecordType.EpisodeOfCare, "") with { Id = episode.Id };
        await harness.Deletion(harness.Store).ExecuteAsync(write, TestContext.Current.CancellationToken);
        var deleted = await PlanAsync(harness);

        var answer = await harness.StoreAsync(Files["withdrawn"]());

        answer[0].Version.Should().Be(2);
        (await PlanAsync(harness)).Should().Be(deleted).And.Match<HeldPlan>(plan => plan.IsDeleted);
    }

    private static CountingStore Between(UploadHarness harness, int read, Func<JsonNode> newer) =>
        new(harness.Store)
        {
            BeforeRead = async number =>
            {
                if (number == read)
                    await harness.StoreAsync(newer());
            },
        };

    private static JsonNode File(string family, JsonObject episode) =>
        Sample.Bundle(Sample.Patient().With("resource.name.0.family", family), episode);

    private static JsonObject Ended() =>
        Sample.Episode().With("resource.status", "finished").With("resource.period.end", "2026-11-20");

    private static SingleWrite Write(RecordType type, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var request = WriteRequest.Of("client", Guid.NewGuid().ToString(), false, "PUT", "", bytes);
        return new SingleWrite(new Upload(UploadHarness.Hertfordshire, request, null, bytes), type);
    }

    /// <summary>As retention removes the records of a child.</summary>
    private static async Task RemoveAsync(UploadHarness harness)
    {
        var held = await harness.ChildAsync(Sample.Robin);
        var commit = new Commit { Removals = [.. held.Select(r => new Removal(r.Type, r.Id, r.Version))] };
        (await harness.Store.CommitAsync(commit, TestContext.Current.CancellationToken))
            .Should()
            .Be(CommitOutcome.Committed);
    }

    /// <summary>What is held of the plan, after its EpisodeOfCare and Flag were found to agree.</summary>
    private static async Task<HeldPlan> PlanAsync(UploadHarness harness)
    {
        var episode = await ReadAsync(harness, RecordType.EpisodeOfCare);
        var flag = await ReadAsync(harness, RecordType.Flag);
        flag.Plan.Should().Be(episode.Plan);
        flag.Child.Should().Be(episode.Child);
        flag.IsDeleted.Should().Be(episode.IsDeleted);
        var plan = episode.Plan!;
        return new HeldPlan(
            episode.Child!.Value.Digits,
            plan.Status.ToString(),
            plan.End,
            episode.Stamp,
            episode.IsDeleted
        );
    }

    private static async Task<StoredResource> ReadAsync(UploadHarness harness, RecordType type) =>
        (await harness.Store.ReadByIdentityAsync(type, [Identity], TestContext.Current.CancellationToken))[Identity];

    private static async Task<(string Name, UploadStamp? Stamp)> PatientAsync(UploadHarness harness, string child)
    {
        var patient = (await harness.ChildAsync(child)).Single(r => r.Type == RecordType.Patient);
        return (JsonNode.Parse(patient.Body.Span)!["name"]!.ToJsonString(), patient.Stamp);
    }

    private sealed record HeldPlan(string Child, string Status, DateOnly? End, UploadStamp? Stamp, bool IsDeleted);
}
