namespace CpIs.Fhir.Core.Keys;

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
