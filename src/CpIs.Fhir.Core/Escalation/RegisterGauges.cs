using System.Diagnostics.Metrics;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>
/// Which registers are out of date, as metric <c>cpis.registers.stale</c> of the meter <c>CpIs.Fhir</c>: 1 or 0 by the authority's ODS
/// code. The server that watches for all of its store shows it; a reading that is no longer renewed disappears.
/// </summary>
public sealed class RegisterGauges : IDisposable
{
    private readonly Meter _meter = new(UntoldGauges.MeterName);
    private readonly TimeProvider _time;
    private volatile Reading? _reading;

    /// <summary>Shows nothing yet.</summary>
    /// <param name="time">The clock of readings.</param>
    public RegisterGauges(TimeProvider time)
    {
        _time = time;
        _meter.CreateObservableGauge(
            "cpis.registers.stale",
            Each,
            "{register}",
            "1 for an authority whose expected uploads were missed"
        );
    }

    /// <summary>Shows what was found.</summary>
    /// <param name="authorities">All of them.</param>
    /// <param name="stale">Those whose register is out of date.</param>
    /// <param name="until">From when on it is too old to be shown.</param>
    public void Show(IEnumerable<OdsCode> authorities, IReadOnlySet<OdsCode> stale, DateTimeOffset until) =>
        _reading = new Reading([.. authorities.Select(code => (code, stale.Contains(code)))], until);

    /// <summary>Shows nothing.</summary>
    public void Clear() => _reading = null;

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Each() =>
        _reading is { } reading && _time.GetUtcNow() < reading.Until
            ? reading.Authorities.Select(each => new Measurement<int>(
                each.IsStale ? 1 : 0,
                KeyValuePair.Create("authority", (object?)each.Code.Value)
            ))
            : [];

    private sealed record Reading(IReadOnlyList<(OdsCode Code, bool IsStale)> Authorities, DateTimeOffset Until);
}
