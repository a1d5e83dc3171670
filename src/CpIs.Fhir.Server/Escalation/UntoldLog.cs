using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Escalation;

namespace CpIs.Fhir.Server.Escalation;

/// <summary>Alarms of authorities that were not told in time: ODS code, count, age and the short reference; never a child (promise 12).</summary>
internal sealed partial class UntoldLog(ILogger<UntoldLog> logger) : IUntoldObserver
{
    private const string Unknown = "not known";

    /// <inheritdoc />
    public void Late(LateNotices late) =>
        LateAlarm(late.Authority.Value, late.Count, (long)late.Age.TotalMinutes, late.Reference ?? Unknown);

    /// <inheritdoc />
    public void VeryLate(LateNotices late, string? phone) =>
        OperatorAlarm(
            late.Authority.Value,
            late.Count,
            (long)late.Age.TotalMinutes,
            late.Reference ?? Unknown,
            phone ?? Unknown
        );

    /// <inheritdoc />
    public void AllTold(OdsCode authority, long newer) => Told(authority.Value, newer);

    [LoggerMessage(
        301,
        LogLevel.Error,
        "ALARM authority {Authority}: untold notices {Count}, the oldest for {Minutes} minutes (reference {Reference})"
    )]
    private partial void LateAlarm(string authority, long count, long minutes, string reference);

    [LoggerMessage(
        302,
        LogLevel.Error,
        "ALARM for the operator: authority {Authority}: untold notices {Count}, the oldest for {Minutes} minutes (reference {Reference}). Phone its duty team: {Phone}"
    )]
    private partial void OperatorAlarm(string authority, long count, long minutes, string reference, string phone);

    [LoggerMessage(
        303,
        LogLevel.Information,
        "All told: nothing of authority {Authority} is late any more ({Newer} newer)"
    )]
    private partial void Told(string authority, long newer);
}
