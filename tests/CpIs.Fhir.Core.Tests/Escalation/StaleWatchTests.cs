using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Escalation;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.Tests.Escalation;

/// <summary>The alarm of a register that is out of date, over a real store on a clock of ours.</summary>
public sealed class StaleWatchTests : IAsyncLifetime, IStaleObserver
{
    private readonly List<string> _heard = [];
    private EscalationHarness _house = null!;
    private StaleWatch _watch = null!;
    private LoadedUploads _loaded = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _house = await EscalationHarness.OpenAsync();
        await _house.RegisterAsync();
        _watch = new StaleWatch(_house.Store, _house, new RegisterGauges(_house.Clock), this, _house.Clock);
        _loaded = new LoadedUploads(_house.Store, _house, _house.Clock);
    }

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    void IStaleObserver.Stale(StaleRegister stale) =>
        _heard.Add($"stale {stale.Authority} since {stale.Since:yyyy-MM-dd}");

    void IStaleObserver.UpToDate(OdsCode authority) => _heard.Add($"up to date {authority}");

    [Fact]
    public async Task Who_never_uploads_is_told_once_48_hours_after_it_was_first_seen_and_again_never()
    {
        await MinuteAsync();
        _house.Current.FindRegister(EscalationHarness.Hareford)!.FirstSeen.Should().Be(_house.Clock.GetUtcNow());
        _house.Clock.Advance(TimeSpan.FromHours(48) - TimeSpan.FromMinutes(1));
        await MinuteAsync();
        _heard.Should().BeEmpty();

        _house.Clock.Advance(TimeSpan.FromMinutes(1));
        await MinuteAsync();
        await MinuteAsync();

        _heard.Should().Equal("stale XHF01 since 2026-06-10", "stale XOT01 since 2026-06-10");
    }

    [Fact]
    public async Task An_upload_ends_it_and_is_noted_once_for_a_day_and_never_back()
    {
        await MinuteAsync();
        _house.Clock.Advance(TimeSpan.FromDays(5));
        await MinuteAsync();
        var stamp = _house.Current.Stamp;
        var now = _house.Clock.GetUtcNow();

        await _loaded.NoteAsync(EscalationHarness.Hareford, now, Stop);
        await MinuteAsync();
        var noted = _house.Current.Stamp;
        await _loaded.NoteAsync(EscalationHarness.Hareford, now.AddMinutes(5), Stop);
        await _loaded.NoteAsync(EscalationHarness.Hareford, now.AddDays(-3), Stop);
        await MinuteAsync();

        noted.Should().NotBe(stamp);
        _house.Current.Stamp.Should().Be(noted, "a day is noted once, and an older file says nothing newer");
        _house
            .Current.FindRegister(EscalationHarness.Hareford)!
            .Should()
            .Match<AuthorityRegister>(r => r.LastUpload == new DateOnly(2026, 6, 15) && r.FirstSeen < now);
        _heard.Should().EndWith("up to date XHF01");
    }

    [Fact]
    public async Task What_was_extracted_days_ago_counts_for_that_day_and_what_is_ahead_for_today()
    {
        var now = _house.Clock.GetUtcNow();
        await _loaded.NoteAsync(EscalationHarness.Hareford, now.AddDays(-3), Stop);
        await _loaded.NoteAsync(EscalationHarness.Otherton, now.AddDays(3), Stop);
        await _house.RefreshAsync();

        _house.Current.FindRegister(EscalationHarness.Hareford)!.LastUpload.Should().Be(new DateOnly(2026, 6, 7));
        _house.Current.FindRegister(EscalationHarness.Otherton)!.LastUpload.Should().Be(new DateOnly(2026, 6, 10));
        _house.Current.StaleAt(now).Select(stale => stale.Authority).Should().Equal(EscalationHarness.Hareford);
    }

    private async Task MinuteAsync()
    {
        await _watch.RunAsync(Stop);
        await _house.RefreshAsync();
    }
}
