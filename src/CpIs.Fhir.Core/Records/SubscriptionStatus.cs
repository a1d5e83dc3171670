namespace CpIs.Fhir.Core.Records;

/// <summary>Where a Subscription stands (R4 subscription-status).</summary>
public enum SubscriptionStatus
{
    /// <summary>Asked for by the client; the handshake is to come. Takes no events.</summary>
    Requested,

    /// <summary>The handshake was answered; events are taken and sent.</summary>
    Active,

    /// <summary>
    /// The handshake or a delivery failed. After a failed delivery events are still taken and tried; only the client sets
    /// it back, by asking for <c>requested</c> again.
    /// </summary>
    Error,

    /// <summary>Ended by the client. Takes no events; obligations stay open.</summary>
    Off,
}
