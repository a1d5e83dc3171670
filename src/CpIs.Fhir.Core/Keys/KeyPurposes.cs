using System.Security.Cryptography;

namespace CpIs.Fhir.Core.Keys;

/// <summary>What the exchange's own keys are for, how each is made, and how long its work lives on.</summary>
public static class KeyPurposes
{
    /// <summary>Signs access tokens: RSA, PKCS#8.</summary>
    public const string Token = "token";

    /// <summary>Signs notifications: Ed25519, the 32-byte seed.</summary>
    public const string Webhook = "webhook";

    /// <summary>Encrypts page cursors: AES-256, 32 bytes.</summary>
    public const string Cursor = "cursor";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Token, Webhook, Cursor];

    /// <summary>
    /// RSA bits of a token key. RS256 verifies in 46 us at 3072 bits where ES256 takes 66 us, and a token is verified far
    /// more often than signed; 3072 bits are 128 bits of strength.
    /// </summary>
    public const int TokenKeyBits = 3072;

    /// <summary>
    /// How long a retired key stays published: longer than a token's five minutes; for webhooks, as long as a notice kept
    /// by its receiver may want checking; for cursors, as long as somebody may page.
    /// </summary>
    public static TimeSpan PublishedAfterRetirement(string purpose) =>
        purpose switch
        {
            Token => TimeSpan.FromMinutes(15),
            Webhook => TimeSpan.FromDays(7),
            _ => TimeSpan.FromHours(24),
        };

    /// <summary>A new secret in the form that its purpose names.</summary>
    internal static byte[] NewSecret(string purpose)
    {
        switch (purpose)
        {
            case Token:
                using (var rsa = RSA.Create(TokenKeyBits))
                    return rsa.ExportPkcs8PrivateKey();
            case Webhook or Cursor:
                return RandomNumberGenerator.GetBytes(32);
            default:
                throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "No such purpose.");
        }
    }
}
