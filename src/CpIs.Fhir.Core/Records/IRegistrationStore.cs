namespace CpIs.Fhir.Core.Records;

/// <summary>
/// What every server that shares a store must agree on besides records: who is registered, which keys sign, and which
/// one-time tokens were used.
/// </summary>
public interface IRegistrationStore
{
    /// <summary>Every registration of organisations and clients (some thousands at most), with a stamp that changes whenever one does.</summary>
    Task<RegistrationSnapshot> ReadRegistrationsAsync(CancellationToken cancellation);

    /// <summary>The stamp alone, cheap enough to be asked every second.</summary>
    Task<long> ReadRegistrationStampAsync(CancellationToken cancellation);

    /// <summary>
    /// Marks a one-time value (an assertion's <c>jti</c>) as used. True for the first, false for every later one until it
    /// expires. Durable before it returns.
    /// </summary>
    Task<bool> TryUseOnceAsync(string purpose, string value, DateTimeOffset expires, CancellationToken cancellation);

    /// <summary>Every signing key of a purpose, newest first.</summary>
    Task<IReadOnlyList<SigningKey>> ReadKeysAsync(string purpose, CancellationToken cancellation);

    /// <summary>Adds a key, or replaces the one of the same purpose and id (retiring it, for example).</summary>
    Task SaveKeyAsync(SigningKey key, CancellationToken cancellation);
}

/// <summary>Registrations at one moment.</summary>
/// <param name="Stamp">Changes with every change.</param>
/// <param name="Registrations">All of them.</param>
public sealed record RegistrationSnapshot(long Stamp, IReadOnlyList<Registration> Registrations);

/// <summary>A secret key, made on first start and rotatable.</summary>
/// <param name="Purpose"><c>token</c> (RSA, PKCS#8), <c>webhook</c> (Ed25519, 32-byte seed) or <c>cursor</c> (AES-256, 32 bytes).</param>
/// <param name="Id">Key id as published (<c>kid</c>).</param>
/// <param name="Secret">The private key in the form its purpose names. Never logged, never sent.</param>
/// <param name="Created">When it began to sign.</param>
/// <param name="Retired">When it stopped; its public half stays published for a while so that what it signed can be verified.</param>
public sealed record SigningKey(
    string Purpose,
    string Id,
    ReadOnlyMemory<byte> Secret,
    DateTimeOffset Created,
    DateTimeOffset? Retired = null
);
