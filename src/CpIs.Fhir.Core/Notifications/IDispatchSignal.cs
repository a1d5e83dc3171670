namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Wakes the dispatcher when there is something to send. A hint and no more: the truth is in the store, and a lost
/// signal costs at most one interval of the dispatcher's timer.
/// </summary>
public interface IDispatchSignal
{
    /// <summary>Obligations, or a Subscription that wants its handshake, have been made durable. Never waits.</summary>
    void Wake();
}
