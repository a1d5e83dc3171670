using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Escalation;

namespace CpIs.Fhir.Server.Escalation;

/// <summary>Alarms of registers that are out of date: ODS code and day, never a child (promise 12).</summary>
internal sealed partial class StaleLog(ILogger<StaleLog> logger) : IStaleObserver
{
    /// <inheritdoc />
    public void Stale(StaleRegister stale) =>
        Alarm(stale.Authority.Value, stale.Since.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <inheritdoc />
    public void UpToDate(OdsCode authority) => Mended(authority.Value);

    [LoggerMessage(
        304,
        LogLevel.Error,
        "ALARM register of authority {Authority} is out of date: nothing uploaded since {Since}. Every look-up answer says so"
    )]
    private partial void Alarm(string authority, string since);

    [LoggerMessage(305, LogLevel.Information, "The register of authority {Authority} is up to date again")]
    private partial void Mended(string authority);
}
