using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// Makes the signed JWT by which a client proves itself at the token endpoint (RFC 7523 <c>private_key_jwt</c>, as SMART
/// Backend Services has it): issuer and subject are the client, the audience is the token endpoint, it lives five minutes
/// at most and is good for one use.
/// </summary>
public static class ClientAssertion
{
    /// <summary>Value of the form field <c>client_assertion_type</c>.</summary>
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>Longest life of an assertion.</summary>
    public static readonly TimeSpan MaximumLife = TimeSpan.FromMinutes(5);

    /// <summary>A fresh assertion.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="tokenEndpoint">URL of the token endpoint, to the letter as the server publishes it.</param>
    /// <param name="time">Clock.</param>
    /// <param name="user">The person instead of the file's, or null.</param>
    public static string Create(ClientFile client, string tokenEndpoint, TimeProvider time, ClientUser? user = null)
    {
        var key = new JsonWebKey(client.Jwk.GetRawText());
        var now = time.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>
        {
            ["sub"] = client.ClientId,
            ["jti"] = Guid.NewGuid().ToString("N"),
        };
        if ((user ?? client.User) is { } person)
            claims["cpis_user"] = JsonSerializer.SerializeToElement(person, ClientFileJson.Default.ClientUser);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = client.ClientId,
                Audience = tokenEndpoint,
                IssuedAt = now,
                Expires = now + MaximumLife - TimeSpan.FromSeconds(30),
                Claims = claims,
                SigningCredentials = new SigningCredentials(key, key.Alg),
            }
        );
    }
}
