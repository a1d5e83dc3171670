using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>The engine in the log: Subscription, number, attempt and status; never a child, an endpoint or a body.</summary>
internal sealed partial class DispatchLog(ILogger<DispatchLog> logger) : IDispatchObserver
{
    /// <inheritdoc />
    public void Attempted(DispatchAttempt attempt)
    {
        if (attempt.Outcome.Result == SendResult.Accepted)
            Sent(
                attempt.SubscriptionId,
                attempt.Type,
                attempt.FirstNumber,
                attempt.Events,
                attempt.Attempt,
                attempt.Outcome.HttpStatus,
                (long)attempt.Age.TotalMilliseconds
            );
        else if (attempt.Outcome.Result == SendResult.UnderWay)
            UnderWay(attempt.SubscriptionId, attempt.FirstNumber, attempt.Attempt, (long)attempt.Age.TotalMilliseconds);
        else
            NotSent(
                attempt.SubscriptionId,
                attempt.Type,
                attempt.FirstNumber,
                attempt.Events,
                attempt.Attempt,
                attempt.Outcome.Error,
                (long)attempt.Age.TotalMilliseconds
            );
    }

    /// <inheritdoc />
    public void StatusChanged(string subscriptionId, SubscriptionStatus status, string? reason)
    {
        if (status is SubscriptionStatus.Error or SubscriptionStatus.Off)
            Alarm(subscriptionId, status, reason);
        else
            Moved(subscriptionId, status);
    }

    /// <inheritdoc />
    public void SetAside(string subscriptionId, long number) => AsideAlarm(subscriptionId, number);

    /// <inheritdoc />
    public void Failed(string? subscriptionId, Exception failure) =>
        WorkFailed(subscriptionId, failure.GetType().Name, failure.StackTrace);

    [LoggerMessage(
        101,
        LogLevel.Information,
        "Notification {Type} of Subscription {SubscriptionId} from event {Number} ({Events} events) taken on attempt {Attempt} with {Status}, {AgeMs} ms after the first event"
    )]
    private partial void Sent(
        string subscriptionId,
        NotificationType type,
        long? number,
        int events,
        int attempt,
        int? status,
        long ageMs
    );

    [LoggerMessage(
        102,
        LogLevel.Warning,
        "Notification {Type} of Subscription {SubscriptionId} from event {Number} ({Events} events) not taken on attempt {Attempt}: {Error}, {AgeMs} ms after the first event"
    )]
    private partial void NotSent(
        string subscriptionId,
        NotificationType type,
        long? number,
        int events,
        int attempt,
        string? error,
        long ageMs
    );

    [LoggerMessage(
        107,
        LogLevel.Information,
        "Notification of Subscription {SubscriptionId} of event {Number} accepted for transport on attempt {Attempt}, not yet acknowledged, {AgeMs} ms after the event"
    )]
    private partial void UnderWay(string subscriptionId, long? number, int attempt, long ageMs);

    [LoggerMessage(103, LogLevel.Information, "Subscription {SubscriptionId} is now {Status}")]
    private partial void Moved(string subscriptionId, SubscriptionStatus status);

    [LoggerMessage(104, LogLevel.Error, "ALARM Subscription {SubscriptionId} is now {Status}: {Reason}")]
    private partial void Alarm(string subscriptionId, SubscriptionStatus status, string? reason);

    [LoggerMessage(
        106,
        LogLevel.Error,
        "ALARM Subscription {SubscriptionId}: event {Number} was refused by its receiver, or its MESH message came back. It is set aside, untold, and tried each hour; others go on"
    )]
    private partial void AsideAlarm(string subscriptionId, long number);

    [LoggerMessage(105, LogLevel.Error, "Notification work on {SubscriptionId} failed with {Exception} {Stack}")]
    private partial void WorkFailed(string? subscriptionId, string exception, string? stack);
}
