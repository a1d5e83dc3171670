using System.Diagnostics.Metrics;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Escalation;
using static CpIs.Fhir.Core.Tests.Escalation.EscalationHarness;

namespace CpIs.Fhir.Core.Tests.Escalation;

/// <summary>What an operator's monitoring reads: numbers by authority, of one server, and nothing that is old.</summary>
public sealed class UntoldGaugesTests : IAsyncDisposable
{
    private static readonly OdsCode Watched = OdsCode.Parse("XG001");
    private static readonly OdsCode Idle = OdsCode.Parse("XG002");

    private EscalationHarness _house = null!;
    private UntoldGauges _gauges = null!;

    public async ValueTask DisposeAsync()
    {
        _gauges.Dispose();
        await _house.DisposeAsync();
    }

    [Fact]
    public async Task Count_and_age_of_each_authority_are_shown_and_the_age_grows_between_two_looks()
    {
        var watch = await StartAsync();
        await _house.LookUpAsync(Watched);
        await _house.LookUpAsync(Watched);
        _house.Clock.Advance(TimeSpan.FromSeconds(90));
        Measured().Should().BeEmpty("nobody has looked yet");

        await watch.RunAsync(TestContext.Current.CancellationToken);
        _house.Clock.Advance(TimeSpan.FromSeconds(30));

        Measured()
            .Should()
            .BeEquivalentTo(
                "cpis.notices.untold authority=XG001 2 {notice}",
                "cpis.notices.untold authority=XG002 0 {notice}",
                "cpis.notices.oldest_untold.age authority=XG001 120 s",
                "cpis.notices.oldest_untold.age authority=XG002 0 s"
            );
    }

    [Fact]
    public async Task What_is_not_renewed_disappears_and_so_does_what_another_server_watches()
    {
        var watch = await StartAsync();
        await watch.RunAsync(TestContext.Current.CancellationToken);
        Measured().Should().HaveCount(4);

        watch.Rest();
        Measured().Should().BeEmpty();

        await watch.RunAsync(TestContext.Current.CancellationToken);
        _house.Clock.Advance(MinuteShift.LeaseTime);
        Measured().Should().BeEmpty();
    }

    private async Task<UntoldWatch> StartAsync()
    {
        _house = await OpenAsync();
        _house.Current = new OrganisationDirectory(1, [Authority(Watched), Authority(Idle)], []);
        _gauges = new UntoldGauges(_house.Clock);
        return _house.Watch(_gauges);
    }

    private static Organisation Authority(OdsCode code) =>
        new()
        {
            Code = code,
            Name = "An authority",
            Kind = CallerKind.Authority,
        };

    private static List<string> Measured()
    {
        var measured = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, each) =>
        {
            if (instrument.Meter.Name == "CpIs.Fhir" && instrument.IsObservable)
                each.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(measured, i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Note(measured, i, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }

    private static void Note(
        List<string> measured,
        Instrument instrument,
        double value,
        ReadOnlySpan<KeyValuePair<string, object?>> tags
    )
    {
        var named = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
        // Other tests of this process measure authorities of theirs.
        if (named.Contains("=XG", StringComparison.Ordinal))
            measured.Add($"{instrument.Name} {named} {value:0} {instrument.Unit}");
    }
}
