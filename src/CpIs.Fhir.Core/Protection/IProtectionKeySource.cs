namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// Where the keys of a sealed store come from: a key file (<see cref="ProtectionKeyFile"/>), or an adapter to a key management
/// service (KMS) that decrypts them.
/// </summary>
/// <remarks>
/// It is asked once, at the start, and never for a request. A look-up reads and writes several sealed values; were each
/// unwrapped by a service across the network, every look-up would wait 5 to 50 ms for it, share its rate limit and its bill,
/// and be "could not check" whenever it is away. Nothing is gained by it either: what a request shows is in the memory
/// of the process that shows it. What the service keeps is that no key lies on a disk of ours, and that its log says
/// which server asked when.
/// </remarks>
public interface IProtectionKeySource
{
    /// <summary>Reads the keys.</summary>
    /// <exception cref="InvalidDataException">They cannot be used; the message says why and repeats no key.</exception>
    /// <exception cref="IOException">They cannot be reached.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be read.</exception>
    Task<ProtectionKeys> ReadAsync(CancellationToken cancellation);
}
