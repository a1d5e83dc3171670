using System.Security.Cryptography;
using CpIs.Fhir.Core.Callers;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CpIs.Fhir.Server.Tests.Security;

/// <summary>A client assertion that can be made wrong in one way at a time.</summary>
internal sealed record Assertion(ClientFile Client, string Audience, DateTimeOffset Now)
{
    public TimeSpan Life { get; init; } = TimeSpan.FromMinutes(4);
    public string? JwtId { get; init; } = Guid.NewGuid().ToString();
    public string? Issuer { get; init; }
    public string? Subject { get; init; }
    public string? Type { get; init; }
    public string? Critical { get; init; }
    public (string Claim, object Value)? Further { get; init; }
    public SecurityKey? Key { get; init; }
    public string? Algorithm { get; init; }
    public object? User { get; init; }
    public bool HasIssuedAt { get; init; } = true;

    public override string ToString()
    {
        var own = new JsonWebKey(Client.Jwk.GetRawText());
        var claims = new Dictionary<string, object> { ["sub"] = Subject ?? Client.ClientId };
        if (JwtId is not null)
            claims["jti"] = JwtId;
        if (User is not null)
            claims["cpis_user"] = User;
        if (Further is var (further, value))
            claims[further] = value;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Issuer ?? Client.ClientId,
                Audience = Audience,
                IssuedAt = HasIssuedAt ? Now.UtcDateTime : null,
                Expires = (Now + Life).UtcDateTime,
                Claims = claims,
                TokenType = Type,
                AdditionalHeaderClaims = Critical is null
                    ? null
                    : new Dictionary<string, object> { ["crit"] = new[] { Critical }, [Critical] = true },
                SigningCredentials =
                    Algorithm == "none" ? null : new SigningCredentials(Key ?? own, Algorithm ?? own.Alg),
            }
        );
    }

    public static SecurityKey FreshEcKey(string kid) =>
        new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP384)) { KeyId = kid };
}
