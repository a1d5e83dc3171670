namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// MESH as the engine needs it: messages into mailboxes, and what became of them. Never throws for what MESH or the network does: that is an outcome.
/// </summary>
public interface IMeshTransport
{
    /// <summary>Proves that the exchange's own mailbox can be used, and that MESH knows the recipient's for this authority.</summary>
    /// <param name="authority">Whose mailbox.</param>
    /// <param name="mailbox">The recipient's mailbox.</param>
    /// <param name="cancellation">The server is stopping.</param>
    Task<SendOutcome> HandshakeAsync(OdsCode authority, string mailbox, CancellationToken cancellation);

    /// <summary>Sends one message. The best that comes of it is <see cref="SendResult.UnderWay"/>.</summary>
    Task<SendOutcome> SendAsync(MeshMessage message, CancellationToken cancellation);

    /// <summary>What has become of a message that was accepted for transport.</summary>
    Task<MeshStanding> TrackAsync(string messageId, CancellationToken cancellation);

    /// <summary>The report of a message that was returned has been dealt with. Best effort: one that comes again finds nothing under way.</summary>
    Task DropReportAsync(MeshStanding returned, CancellationToken cancellation);
}

/// <summary>A message to send.</summary>
/// <param name="LocalId">The same for every try to tell the same; holds nothing of a child.</param>
/// <param name="Mailbox">The recipient's.</param>
/// <param name="Body">What is told.</param>
public sealed record MeshMessage(string LocalId, string Mailbox, ReadOnlyMemory<byte> Body);

/// <summary>Where a message is.</summary>
public enum MeshPlace
{
    /// <summary>It waits in the mailbox, or on its way there.</summary>
    Waiting,

    /// <summary>The recipient has acknowledged it.</summary>
    Acknowledged,

    /// <summary>It will not be delivered.</summary>
    Returned,

    /// <summary>MESH did not say.</summary>
    Unknown,
}

/// <summary>What MESH says of a message.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="HttpStatus">What was answered; null when nobody answered.</param>
/// <param name="Error">A <see cref="DeliveryError"/> where it was returned or nothing is known.</param>
/// <param name="Report">The report that says that it was returned, which waits in the exchange's own mailbox; null for none.</param>
public sealed record MeshStanding(MeshPlace Place, int? HttpStatus = null, string? Error = null, string? Report = null);
