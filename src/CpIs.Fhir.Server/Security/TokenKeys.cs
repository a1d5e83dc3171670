using System.Security.Cryptography;
using CpIs.Fhir.Core.Keys;
using Microsoft.IdentityModel.Tokens;

namespace CpIs.Fhir.Server.Security;

/// <summary>The token keys of the key ring in the form that the token libraries take, made again only when they change.</summary>
internal sealed class TokenKeys
{
    /// <summary>Signature algorithm of access tokens; see <see cref="KeyPurposes.TokenKeyBits"/> for why.</summary>
    public const string Algorithm = SecurityAlgorithms.RsaSha256;

    private readonly IKeyRing _ring;
    private volatile RsaSecurityKey[] _signing = [];
    private volatile RsaSecurityKey[] _verifying = [];

    public TokenKeys(IKeyRing ring)
    {
        _ring = ring;
        _ring.Changed += purpose =>
        {
            if (purpose != KeyPurposes.Token)
                return;
            Read();
            Changed?.Invoke();
        };
        Read();
    }

    /// <summary>Raised after the keys have changed.</summary>
    public event Action? Changed;

    /// <summary>Private keys, the one that signs now first.</summary>
    public IReadOnlyList<RsaSecurityKey> Signing => _signing;

    /// <summary>Public keys of every token that may still be met.</summary>
    public IReadOnlyList<RsaSecurityKey> Verifying => _verifying;

    private void Read()
    {
        var keys = _ring.Published(KeyPurposes.Token);
        _signing = [.. keys.Select(key => Key(key, withPrivate: true))];
        _verifying = [.. keys.Select(key => Key(key, withPrivate: false))];
    }

    private static RsaSecurityKey Key(SigningKey key, bool withPrivate)
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(key.Secret.Span, out _);
        return new RsaSecurityKey(rsa.ExportParameters(withPrivate)) { KeyId = key.Id };
    }
}
