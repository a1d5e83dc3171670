using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Escalation;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Security;
using CpIs.Fhir.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>Authorities whose uploads stopped are named by every answer, hit or miss, in the same words.</summary>
public sealed class StaleRegisterTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string Phrase = "Registers out of date: ";

    public static TheoryData<Way> Ways => [.. Enum.GetValues<Way>()];

    [Theory, MemberData(nameof(Ways))]
    public async Task A_hit_and_a_miss_name_the_stale_registers_in_the_same_words(Way way)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        await SeenAsync();
        exchange.MoveTo(exchange.Clock.GetUtcNow().AddDays(7));
        var setting = await exchange.AsAsync("hareford-ed");

        var (hit, miss) = (
            await setting.AskAsync(way, child.NhsNumber.Digits),
            await setting.AskAsync(way, exchange.NewNumber().Digits)
        );

        Stale(hit)
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith(Phrase)
            .And.Contain("Harefordshire County Council (synthetic) (nothing uploaded since ")
            .And.Contain("Brookshire Council (synthetic)")
            .And.NotContain("Millvale", "it is registered as one that does not upload");
        Stale(miss).Should().Equal(Stale(hit));
    }

    [Fact]
    public async Task An_upload_makes_the_register_new_again_and_a_refused_one_does_not()
    {
        await exchange.UploadAsync("authority-xhf01", exchange.NewChild());
        await SeenAsync();
        exchange.MoveTo(exchange.Clock.GetUtcNow().AddDays(7));
        var setting = await exchange.AsAsync("hareford-ed");
        (
            await (await exchange.AsAsync("authority-xhf01")).PostAsync(
                "",
                """{"resourceType":"Bundle","type":"batch"}"""
            )
        )
            .Status.Should()
            .BeGreaterThanOrEqualTo(400);
        await SeenAsync();
        Stale(await setting.LookUpAsync(exchange.NewNumber()))[0].Should().Contain("Harefordshire County Council");

        await exchange.UploadAsync("authority-xhf01", exchange.NewChild());
        await SeenAsync();

        Stale(await setting.LookUpAsync(exchange.NewNumber()))[0]
            .Should()
            .NotContain("Harefordshire County Council")
            .And.Contain("Brookshire Council");
    }

    [Fact]
    public async Task An_upload_that_came_another_way_is_noted_by_one_call_and_other_servers_know_it()
    {
        await SeenAsync();
        exchange.MoveTo(exchange.Clock.GetUtcNow().AddDays(30));
        foreach (var authority in new[] { "XHF01", "XBR02" })
            await exchange
                .Services.GetRequiredService<LoadedUploads>()
                .NoteAsync(OdsCode.Parse(authority), exchange.Clock.GetUtcNow(), CancellationToken.None);
        await SeenAsync();

        Stale(await (await exchange.AsAsync("hareford-ed")).LookUpAsync(exchange.NewNumber())).Should().BeEmpty();
    }

    /// <summary>A minute has passed, and every server has read who is registered.</summary>
    private async Task SeenAsync()
    {
        await RefreshAsync();
        await exchange.Services.GetRequiredService<StaleWatch>().RunAsync(CancellationToken.None);
        await RefreshAsync();
    }

    private async Task RefreshAsync()
    {
        foreach (var directory in exchange.Each<DirectorySource>())
            await directory.RefreshAsync(CancellationToken.None);
    }

    private static string[] Stale(Answer answer) =>
        [
            .. answer
                .Entries("OperationOutcome", "outcome")
                .Single()
                .GetProperty("issue")
                .EnumerateArray()
                .Select(issue => issue.GetProperty("diagnostics").GetString()!)
                .Where(text => text.StartsWith(Phrase, StringComparison.Ordinal)),
        ];
}
