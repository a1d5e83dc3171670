using System.Security.Cryptography;
using CpIs.Fhir.Core.Keys;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>
/// The key with which all servers of a run sign their tokens. An RSA key takes longer to make than most tests take; what
/// makes a server's first key is tested for itself.
/// </summary>
internal static class TokenKey
{
    private static readonly Lazy<SigningKey> Key = new(Make);

    /// <summary>Into a store that has none.</summary>
    public static async Task GiveAsync(IKeyStore store)
    {
        if ((await store.ReadKeysAsync(KeyPurposes.Token, CancellationToken.None)).Count == 0)
            await store.SaveKeyAsync(Key.Value, CancellationToken.None);
    }

    private static SigningKey Make()
    {
        using var rsa = RSA.Create(KeyPurposes.TokenKeyBits);
        return new(KeyPurposes.Token, "of-this-run", rsa.ExportPkcs8PrivateKey(), DateTimeOffset.UnixEpoch);
    }
}
