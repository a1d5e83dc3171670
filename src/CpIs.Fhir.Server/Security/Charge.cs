namespace CpIs.Fhir.Server.Security;

/// <summary>Which limit counts a request without a caller. With a caller it is always the person's, then the client's.</summary>
internal enum Charge
{
    /// <summary>None: what is answered from memory in microseconds.</summary>
    Nobody,

    /// <summary>What the network address reads.</summary>
    Reader,

    /// <summary>What the network address has validated on the page.</summary>
    Page,

    /// <summary>What the network address sends to the token endpoint.</summary>
    Token,
}
