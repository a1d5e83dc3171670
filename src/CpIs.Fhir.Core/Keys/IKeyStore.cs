namespace CpIs.Fhir.Core.Keys;

/// <summary>
/// The exchange's own secret keys, shared by every server of a store. Throws <see cref="StoreUnavailableException"/> when
/// the store cannot answer.
/// </summary>
public interface IKeyStore
{
    /// <summary>Every signing key of a purpose, newest first.</summary>
    Task<IReadOnlyList<SigningKey>> ReadKeysAsync(string purpose, CancellationToken cancellation);

    /// <summary>Adds a key, or replaces the one of the same purpose and id (retiring it, for example).</summary>
    Task SaveKeyAsync(SigningKey key, CancellationToken cancellation);
}
