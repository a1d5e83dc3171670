namespace CpIs.Fhir.Core.Callers;

/// <summary>A client that may ask for tokens: whose it is and the public keys that prove it.</summary>
public sealed record ClientRegistration
{
    /// <summary>The <c>client_id</c>, unique among clients.</summary>
    public required string ClientId { get; init; }

    /// <summary>The organisation in whose name it acts.</summary>
    public required OdsCode Organisation { get; init; }

    /// <summary>What the client may do; the same kind as its organisation's.</summary>
    public required CallerKind Kind { get; init; }

    /// <summary>Its public keys as a JWK Set (RFC 7517), JSON text without private parts.</summary>
    public required string JsonWebKeySet { get; init; }

    /// <summary>The nominated person of a device that has no user (NHS 111, for example); null for all others.</summary>
    public Person? DevicePerson { get; init; }

    /// <summary>Activities of the nominated person.</summary>
    public IReadOnlyList<string> DeviceActivities { get; init; } = [];

    /// <summary>True when no token is given and none is accepted any more.</summary>
    public bool Suspended { get; init; }
}
