using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;
using Microsoft.IdentityModel.Tokens;

namespace CpIs.Fhir.Cli.Administration;

/// <summary>Public halves of JSON Web Keys (RFC 7517). No private part ever passes.</summary>
internal static class PublicKeys
{
    private static readonly IReadOnlyList<string> PublicMembers =
    [
        "kty",
        "kid",
        "alg",
        "use",
        "crv",
        "x",
        "y",
        "n",
        "e",
    ];

    /// <summary>
    /// The public keys of a file: a JWK, a JWK Set, or a client file. Private members are left out, so that a client's own
    /// file may be named.
    /// </summary>
    /// <exception cref="CannotRunException">The file holds no key.</exception>
    public static JsonObject ReadSet(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            var keys =
                root.At("keys").ValueKind == JsonValueKind.Array ? root.List("keys")
                : root.At("jwk").ValueKind == JsonValueKind.Object ? [root.At("jwk")]
                : [root];
            var publics = keys.Select(PublicOf).ToList();
            return publics.Count > 0 && publics.TrueForAll(k => k.ContainsKey("kty"))
                ? new JsonObject { ["keys"] = new JsonArray([.. publics]) }
                : throw new CannotRunException($"{path} does not contain a JSON Web Key.");
        }
        catch (JsonException unreadable)
        {
            throw new CannotRunException($"{path} is not JSON: {unreadable.Message}", inner: unreadable);
        }
    }

    /// <summary>The public members of one key.</summary>
    public static JsonObject PublicOf(JsonElement key)
    {
        var result = new JsonObject();
        foreach (var name in PublicMembers)
            if (key.Text(name) is { } value)
                result[name] = value;
        return result;
    }

    /// <summary>A new private key, with <c>kid</c> (its RFC 7638 thumbprint), <c>alg</c> and <c>use</c>.</summary>
    /// <param name="algorithm"><c>ES384</c> or <c>RS384</c>.</param>
    public static JsonObject NewPrivateKey(string algorithm)
    {
        using var rsa = algorithm == "RS384" ? RSA.Create(3072) : null;
        using var ecdsa = rsa is null ? ECDsa.Create(ECCurve.NamedCurves.nistP384) : null;
        var key = rsa is null
            ? OfEcdsa(ecdsa!.ExportParameters(includePrivateParameters: true))
            : OfRsa(rsa.ExportParameters(includePrivateParameters: true));
        using var document = JsonDocument.Parse(key.ToJsonString());
        var publicKey = new JsonWebKey(PublicOf(document.RootElement).ToJsonString());
        key["kid"] = Base64UrlEncoder.Encode(publicKey.ComputeJwkThumbprint());
        key["alg"] = algorithm;
        key["use"] = "sig";
        return key;
    }

    private static JsonObject OfEcdsa(ECParameters key) =>
        new()
        {
            ["kty"] = "EC",
            ["crv"] = "P-384",
            ["x"] = Base64UrlEncoder.Encode(key.Q.X),
            ["y"] = Base64UrlEncoder.Encode(key.Q.Y),
            ["d"] = Base64UrlEncoder.Encode(key.D),
        };

    private static JsonObject OfRsa(RSAParameters key) =>
        new()
        {
            ["kty"] = "RSA",
            ["n"] = Base64UrlEncoder.Encode(key.Modulus),
            ["e"] = Base64UrlEncoder.Encode(key.Exponent),
            ["d"] = Base64UrlEncoder.Encode(key.D),
            ["p"] = Base64UrlEncoder.Encode(key.P),
            ["q"] = Base64UrlEncoder.Encode(key.Q),
            ["dp"] = Base64UrlEncoder.Encode(key.DP),
            ["dq"] = Base64UrlEncoder.Encode(key.DQ),
            ["qi"] = Base64UrlEncoder.Encode(key.InverseQ),
        };
}
