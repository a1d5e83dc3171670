namespace CpIs.Fhir.Core.Keys;

/// <summary>
/// The exchange's own secret keys, held in memory so that no request waits for the store. Never waits, never throws once
/// the server has started.
/// </summary>
public interface IKeyRing
{
    /// <summary>The key that signs (or encrypts) now.</summary>
    /// <param name="purpose">One of <see cref="KeyPurposes"/>.</param>
    SigningKey Current(string purpose);

    /// <summary>
    /// Every key whose work may still be met, the current one first: one that will sign soon, the one that signs, and
    /// retired ones until the last thing they signed has lost its worth. Empty before the keys have been loaded.
    /// </summary>
    /// <param name="purpose">One of <see cref="KeyPurposes"/>.</param>
    IReadOnlyList<SigningKey> Published(string purpose);

    /// <summary>Raised with the purpose when its published keys have changed or another one has begun to sign.</summary>
    event Action<string>? Changed;
}
