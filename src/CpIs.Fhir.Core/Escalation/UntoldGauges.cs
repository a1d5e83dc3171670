using System.Diagnostics.Metrics;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>
/// What no authority has been told of, as metrics of the meter <c>CpIs.Fhir</c>: <c>cpis.notices.untold</c> and
/// <c>cpis.notices.oldest_untold.age</c>, by the authority's ODS code. The server that watches for all of its store shows them; an authority of
/// which nothing is untold shows 0. A reading that is no longer renewed disappears: no number is better than an old one.
/// </summary>
public sealed class UntoldGauges : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "CpIs.Fhir";

    private readonly Meter _meter = new(MeterName);
    private readonly TimeProvider _time;
    private volatile Reading? _reading;

    /// <summary>Shows nothing yet.</summary>
    /// <param name="time">The clock of ages.</param>
    public UntoldGauges(TimeProvider time)
    {
        _time = time;
        _meter.CreateObservableGauge(
            "cpis.notices.untold",
            () => Each(untold => untold?.Count ?? 0),
            "{notice}",
            "Notices of which an authority has not been told"
        );
        _meter.CreateObservableGauge(
            "cpis.notices.oldest_untold.age",
            () => Each(untold => untold is null ? 0 : (time.GetUtcNow() - untold.Oldest).TotalSeconds),
            "s",
            "How long the oldest untold notice of an authority has waited"
        );
    }

    /// <summary>Shows what was read.</summary>
    /// <param name="untold">Authorities of which something is untold.</param>
    /// <param name="others">Those that show 0 where they are not among them.</param>
    /// <param name="until">From when on it is too old to be shown.</param>
    public void Show(IReadOnlyList<UntoldNotices> untold, IEnumerable<OdsCode> others, DateTimeOffset until)
    {
        var byAuthority = others.ToDictionary(code => code, _ => (UntoldNotices?)null);
        foreach (var each in untold)
            byAuthority[each.Authority] = each;
        _reading = new Reading(byAuthority, until);
    }

    /// <summary>Shows nothing.</summary>
    public void Clear() => _reading = null;

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<T>> Each<T>(Func<UntoldNotices?, T> value)
        where T : struct =>
        _reading is { } reading && _time.GetUtcNow() < reading.Until
            ? reading.ByAuthority.Select(each => new Measurement<T>(
                value(each.Value),
                KeyValuePair.Create("authority", (object?)each.Key.Value)
            ))
            : [];

    private sealed record Reading(Dictionary<OdsCode, UntoldNotices?> ByAuthority, DateTimeOffset Until);
}
