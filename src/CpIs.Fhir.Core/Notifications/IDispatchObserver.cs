using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>Sees what the notification engine does, for logs and metrics. Holds no personal data; must not throw.</summary>
public interface IDispatchObserver
{
    /// <summary>An attempt ended.</summary>
    void Attempted(DispatchAttempt attempt);

    /// <summary>The engine moved a Subscription; to <c>error</c> or <c>off</c> is an alarm.</summary>
    void StatusChanged(string subscriptionId, SubscriptionStatus status, string? reason);

    /// <summary>
    /// An event was refused alone and a later one was taken: it is set aside and tried each hour. An alarm: its authority has not been told.
    /// </summary>
    void SetAside(string subscriptionId, long number);

    /// <summary>A piece of work failed and will be done again when its lease has lapsed.</summary>
    void Failed(string? subscriptionId, Exception failure);
}

/// <summary>One attempt.</summary>
/// <param name="SubscriptionId">Whose.</param>
/// <param name="Type">What was sent.</param>
/// <param name="FirstNumber">Number of the first event, or null.</param>
/// <param name="Events">How many events.</param>
/// <param name="Attempt">1 for the first try.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Age">Since the oldest event reported happened; zero without events.</param>
public sealed record DispatchAttempt(
    string SubscriptionId,
    NotificationType Type,
    long? FirstNumber,
    int Events,
    int Attempt,
    SendOutcome Outcome,
    TimeSpan Age
);
