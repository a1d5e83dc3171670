using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Reads;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Tests.LookUps;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Records;

/// <summary>Every read of a record or an access is an occurrence, durable before the answer.</summary>
public sealed class RecordedReadsTests(WatchedExchange exchange) : IClassFixture<WatchedExchange>, IDisposable
{
    private const string Number = "https://fhir.nhs.uk/Id/nhs-number|";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => exchange.Watch.Forget();

    [Theory]
    [InlineData("Patient")]
    [InlineData("EpisodeOfCare")]
    [InlineData("Flag")]
    public async Task A_read_a_vread_and_a_search_are_on_record_with_the_child_and_what_was_seen(string type)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var authority = await exchange.AsAsync("authority-xhf01");

        var search = await authority.GetAsync(Search(type, child.NhsNumber));
        var id = search.Entries(type).Single().GetProperty("id").GetString()!;
        var read = await authority.GetAsync($"{type}/{id}");
        var version = await authority.GetAsync($"{type}/{id}/_history/1");

        var seen = $"{type}/{id}/_history/1";
        foreach (var (answer, path) in new[] { (search, type), (read, seen), (version, seen) })
        {
            if (answer == version)
                continue; // the same view as the read: the current version is version 1
            var found = (await ReadsAsync()).Should().ContainSingle(o => IsOf(o, answer)).Subject;
            (found.Interaction, found.Child, found.Organisation.Value).Should().Be((path, child.NhsNumber, "XHF01"));
            found.Seen.Should().Equal(seen);
        }

        (await ReadsAsync()).Should().NotContain(o => IsOf(o, version));
    }

    [Fact]
    public async Task One_view_by_one_session_is_one_for_15_minutes_unless_it_shows_a_new_child()
    {
        var (first, second) = (exchange.NewChild(), exchange.NewChild());
        var search = $"Patient?family=Quickley&birthdate={first.BirthDate:yyyy-MM-dd}&_count=1000&_lastUpdated=ge2026";
        await exchange.UploadAsync("authority-xhf01", first);
        var began = exchange.Clock.GetUtcNow();
        var answers = new List<Answer> { await AskAsync(), await AskAsync() };
        await exchange.UploadAsync("authority-xhf01", second);
        answers.AddRange([await AskAsync(), await AskAsync()]);
        exchange.MoveTo(began + RecordedReads.OneView + TimeSpan.FromMinutes(1));
        answers.AddRange([await AskAsync(), await AskAsync()]);
        answers.Should().OnlyContain(answer => answer.Status == 200);

        var reads = await ReadsAsync();
        var servers = exchange.Each<RecordedReads>().Count();
        if (servers == 1)
            answers
                .Select(answer => reads.Count(o => IsOf(o, answer)))
                .Should()
                .Equal([1, 0, 1, 0, 1, 0], "recorded: the first, the new child, and after 15 minutes");
        else
            answers.Sum(answer => reads.Count(o => IsOf(o, answer))).Should().BeInRange(3, 6);

        async Task<Answer> AskAsync() => await (await exchange.AsAsync("authority-xhf01")).GetAsync(search);
    }

    [Theory]
    [InlineData("authority-xhf01")]
    [InlineData("operator")]
    public async Task Who_reads_accesses_is_on_record_too_and_no_authority_sees_it_as_an_access(string client)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        var reader = await exchange.AsAsync(client);

        var search = await reader.GetAsync($"AuditEvent?_count=7&date=ge{exchange.Today.AddDays(-1):yyyy-MM-dd}");
        var id = search.Entries("AuditEvent")[0].GetProperty("id").GetString();
        var read = await reader.GetAsync($"AuditEvent/{id}");

        foreach (var answer in new[] { search, read })
        {
            answer.Status.Should().Be(200, answer.Text);
            (await ReadsAsync()).Should().ContainSingle(o => IsOf(o, answer));
            (await (await exchange.AsAsync("authority-xhf01")).GetAsync("AuditEvent?_count=1000"))
                .Text.Should()
                .NotContain(answer.Headers["X-Request-ID"]);
        }
    }

    [Theory]
    [InlineData("Patient")]
    [InlineData("Flag")]
    [InlineData("AuditEvent")]
    public async Task What_cannot_be_recorded_is_not_shown(string type)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        var authority = await exchange.AsAsync("authority-xhf01");
        exchange.Watch.Fails = name => name == "RecordAsync";

        var answer = await authority.GetAsync(Search(type, child.NhsNumber));

        answer.Status.Should().Be(503, answer.Text);
        answer.Text.Should().NotContain(child.NhsNumber.Digits);
    }

    private static string Search(string type, NhsNumber child) =>
        type == "Patient"
            ? $"Patient?identifier={Number}{child.Digits}"
            : $"{type}?patient:identifier={Number}{child.Digits}";

    private static bool IsOf(Occurrence occurrence, Answer answer) =>
        occurrence.RequestId == answer.Headers["X-Request-ID"];

    private async Task<IReadOnlyList<Occurrence>> ReadsAsync() =>
        (
            await exchange
                .Services.GetRequiredService<IOccurrenceStore>()
                .SearchOccurrencesAsync(new OccurrenceQuery { Kind = OccurrenceKind.Read, Count = 1_000 }, Stop)
        ).Items;
}
