using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace CpIs.Fhir.Server.Administration;

/// <summary>
/// The public keys of a client. Refuses private parts (whoever sends one must make a new key), weak keys, and keys that
/// cannot make an accepted signature. What it returns holds the public members and nothing else.
/// </summary>
internal static class KeySetForm
{
    private const int LeastRsaBits = 2048;
    private const int MostRsaBits = 8192;
    private const int MostKeys = 10;
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>The JWK Set as it is registered, or null with the problems noted in the form.</summary>
    /// <param name="form">The JWK Set.</param>
    public static string? Read(JsonForm form)
    {
        var keys = form.Objects("keys");
        if (keys.Count is 0 or > MostKeys)
            form.Problem("keys", $"Send 1 to {MostKeys} keys.");
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var registered = new JsonArray();
        foreach (var key in keys)
            if (ReadKey(key, ids) is { } good)
                registered.Add(good);
        return form.Issues.Count == 0 ? new JsonObject { ["keys"] = registered }.ToJsonString() : null;
    }

    /// <summary>One JWK reduced to its public members, or null with the problems noted in the form.</summary>
    public static JsonObject? ReadKey(JsonForm key, HashSet<string> ids)
    {
        var before = key.Issues.Count;
        var exposed = PrivateMembers.Where(m => key.Member(m).ValueKind != System.Text.Json.JsonValueKind.Undefined);
        if (exposed.Any())
        {
            key.Problem(
                "",
                $"This is a PRIVATE key ({string.Join(", ", exposed)}): it has left its owner and must not be used any more. Make a new pair and send only the public half.",
                "security"
            );
            return null;
        }

        var kid = key.Text("kid", required: true, longest: 128);
        if (kid is not null && !ids.Add(kid))
            key.Problem("kid", "Each key must have its own kid.", "duplicate");
        if (key.Text("use", required: false) is { } use and not "sig")
            key.Problem("use", $"The use must be sig, because this key signs assertions. Sent: {use}.");
        var alg = key.Text("alg", required: false);
        var kty = key.Text("kty", required: true);
        var written = new JsonObject
        {
            ["kty"] = kty,
            ["kid"] = kid,
            ["use"] = "sig",
        };
        if (alg is not null)
            written["alg"] = alg;
        switch (kty)
        {
            case "RSA":
                if (alg is not null and not ("RS384" or "RS512"))
                    key.Problem("alg", "An RSA key must use RS384 or RS512.", "not-supported");
                ReadRsa(key, written);
                break;
            case "EC":
                if (alg is not null and not "ES384")
                    key.Problem("alg", "An EC key must use ES384.", "not-supported");
                ReadEc(key, written);
                break;
            case not null:
                key.Problem("kty", "The key type must be RSA or EC.", "not-supported");
                break;
        }

        return key.Issues.Count == before ? written : null;
    }

    private static void ReadRsa(JsonForm key, JsonObject written)
    {
        var (modulus, exponent) = (Bytes(key, "n", written), Bytes(key, "e", written));
        if (modulus is null || exponent is null)
            return;
        var n = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        var e = new BigInteger(exponent, isUnsigned: true, isBigEndian: true);
        if (n.GetBitLength() is < LeastRsaBits or > MostRsaBits)
            key.Problem(
                "n",
                $"An RSA key must have {LeastRsaBits} to {MostRsaBits} bits. Sent: {n.GetBitLength()}.",
                "security"
            );
        else if (n.IsEven)
            key.Problem("n", "This is not an RSA modulus.", "security");
        if (e < 65537 || e.IsEven || e.GetBitLength() > 32)
            key.Problem("e", "The public exponent must be odd and at least 65537 (AQAB).", "security");
    }

    private static void ReadEc(JsonForm key, JsonObject written)
    {
        if (key.Text("crv", required: true) is not { } curve)
            return;
        written["crv"] = curve;
        if (curve != "P-384")
        {
            key.Problem("crv", "ES384 needs the curve P-384.", "not-supported");
            return;
        }

        var (x, y) = (Bytes(key, "x", written), Bytes(key, "y", written));
        if (x is null || y is null)
            return;
        try
        {
            using var ec = ECDsa.Create(
                new ECParameters
                {
                    Curve = ECCurve.NamedCurves.nistP384,
                    Q = new ECPoint { X = x, Y = y },
                }
            );
        }
        catch (CryptographicException)
        {
            key.Problem("x", "x and y are not a point of the curve P-384.", "security");
        }
    }

    private static byte[]? Bytes(JsonForm key, string member, JsonObject written)
    {
        if (key.Text(member, required: true, longest: 2048) is not { } text)
            return null;
        if (!Base64Url.IsValid(text))
        {
            key.Problem(member, "This must be base64url without padding.");
            return null;
        }

        written[member] = text;
        return Base64Url.DecodeFromChars(text);
    }
}
