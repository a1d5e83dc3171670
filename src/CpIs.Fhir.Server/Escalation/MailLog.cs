using System.Diagnostics.Metrics;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Escalation;

namespace CpIs.Fhir.Server.Escalation;

/// <summary>
/// E-mail in the log, and counted (metric <c>cpis.emails</c> by outcome): authority and team; never an address, never what it says.
/// </summary>
internal sealed partial class MailLog : IMailObserver, IDisposable
{
    private readonly Meter _meter = new(UntoldGauges.MeterName);
    private readonly Counter<long> _emails;
    private readonly ILogger<MailLog> _logger;

    public MailLog(ILogger<MailLog> logger)
    {
        _logger = logger;
        _emails = _meter.CreateCounter<long>("cpis.emails", "{email}", "E-mails to authorities, by outcome");
    }

    /// <inheritdoc />
    public void Sent(OdsCode authority, string team, string subject)
    {
        Count(MailResult.Sent);
        SentLine(_logger, subject, team, authority.Value);
    }

    /// <inheritdoc />
    public void NotSent(OdsCode authority, string team, MailOutcome outcome)
    {
        Count(outcome.Result);
        NotSentLine(_logger, team, authority.Value, outcome.Reason);
    }

    /// <inheritdoc />
    public void ServerFails(int times, string? reason) => ServerAlarm(_logger, times, reason);

    /// <inheritdoc />
    public void ServerWorks() => Recovered(_logger);

    /// <inheritdoc />
    public void TeamRefused(OdsCode authority, string team, int times, string? reason) =>
        TeamAlarm(_logger, team, authority.Value, times, reason);

    /// <inheritdoc />
    public void NotAnAuthority(OdsCode authority) => Stranger(_logger, authority.Value);

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private void Count(MailResult result) =>
        _emails.Add(
            1,
            KeyValuePair.Create(
                "outcome",
                (object?)(
                    result switch
                    {
                        MailResult.Sent => "sent",
                        MailResult.Refused => "refused",
                        MailResult.Unreachable => "unreachable",
                        _ => throw new ArgumentOutOfRangeException(nameof(result)),
                    }
                )
            )
        );

    [LoggerMessage(311, LogLevel.Information, "E-mail \"{Subject}\" sent to team {Team} of {Authority}")]
    private static partial void SentLine(ILogger logger, string subject, string team, string authority);

    [LoggerMessage(312, LogLevel.Warning, "E-mail to team {Team} of {Authority} was not sent: {Reason}")]
    private static partial void NotSentLine(ILogger logger, string team, string authority, string? reason);

    [LoggerMessage(313, LogLevel.Error, "ALARM e-mail cannot be sent, {Times} attempts in a row failed: {Reason}")]
    private static partial void ServerAlarm(ILogger logger, int times, string? reason);

    [LoggerMessage(314, LogLevel.Information, "E-mail can be sent again")]
    private static partial void Recovered(ILogger logger);

    [LoggerMessage(
        315,
        LogLevel.Error,
        "ALARM e-mail to team {Team} of {Authority} was refused {Times} times in a row: {Reason}"
    )]
    private static partial void TeamAlarm(ILogger logger, string team, string authority, int times, string? reason);

    [LoggerMessage(
        316,
        LogLevel.Warning,
        "Email:Authorities names {Authority}, which is not a registered authority or is suspended: nothing is sent to it"
    )]
    private static partial void Stranger(ILogger logger, string authority);
}
