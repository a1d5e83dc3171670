namespace CpIs.Fhir.Core.Records;

/// <summary>How a Subscription is served.</summary>
public enum ChannelKind
{
    /// <summary>The server posts to an endpoint (<c>rest-hook</c>); a 2xx settles.</summary>
    RestHook,

    /// <summary>The authority fetches (<c>$events</c>); the acknowledgement of a named person settles.</summary>
    Inbox,

    /// <summary>The server sends a message into the authority's MESH mailbox; it settles when the recipient has acknowledged it, and not before.</summary>
    Mesh,
}
