using System.Diagnostics.Metrics;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Core.Tests.LookUps;

/// <summary>Of a flood's refusals ten a minute and person are recorded, and all are counted.</summary>
public sealed class ThrottledLookUpsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ThrottledLookUps _throttled;

    public ThrottledLookUpsTests() => _throttled = new ThrottledLookUps(_time);

    public void Dispose() => _throttled.Dispose();

    [Fact]
    public void Ten_a_minute_and_person_are_recorded_and_the_next_one_says_how_many_were_not()
    {
        Recorded("1", 200).Should().Be(10);
        Recorded("2", 3).Should().Be(3, "each person has a sample of their own");
        _time.Advance(TimeSpan.FromSeconds(59));
        Recorded("1", 10).Should().Be(0);
        _time.Advance(TimeSpan.FromSeconds(1));

        _throttled.IsRecorded(Of("1"), out var omitted).Should().BeTrue();

        omitted.Should().Be(200);
        _throttled.IsRecorded(Of("1"), out omitted).Should().BeTrue();
        omitted.Should().Be(0);
    }

    [Fact]
    public void Every_one_is_counted()
    {
        var counted = new Dictionary<bool, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "cpis.lookups.throttled")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
                counted[(bool)tags[0].Value!] = counted.GetValueOrDefault((bool)tags[0].Value!) + value
        );
        listener.Start();

        Recorded("1", 25);

        counted[true].Should().BeGreaterThanOrEqualTo(10);
        counted[false].Should().BeGreaterThanOrEqualTo(15);
    }

    private int Recorded(string person, int times) =>
        Enumerable.Range(0, times).Count(_ => _throttled.IsRecorded(Of(person), out long _));

    private static Caller Of(string person) =>
        new(
            "hospital-ed",
            OdsCode.Parse("RWH01"),
            "Hospital",
            CallerKind.Setting,
            new Person(person, null, "R0260", "Nurse", "Ann Example"),
            [],
            []
        );
}
