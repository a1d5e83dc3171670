using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Server.Mesh;

/// <summary>The Authorization of one request to MESH. MESH takes each once, and within two hours of its time.</summary>
internal static class MeshToken
{
    private const string Scheme = "NHSMESH";

    /// <summary>Value of the header.</summary>
    /// <param name="mailbox">Whose, in upper case.</param>
    /// <param name="password">Of the mailbox.</param>
    /// <param name="sharedKey">Of the environment.</param>
    /// <param name="nonce">New for each request.</param>
    /// <param name="now">Said in UTC, to the minute.</param>
    public static string Create(string mailbox, string password, string sharedKey, Guid nonce, DateTimeOffset now)
    {
        // The count is for those who use a nonce again.
        var start = $"{mailbox}:{nonce:D}:0";
        var time = now.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
        var hash = HMACSHA256.HashData(
            Encoding.ASCII.GetBytes(sharedKey),
            Encoding.ASCII.GetBytes($"{start}:{password}:{time}")
        );
        return $"{Scheme} {start}:{time}:{Convert.ToHexStringLower(hash)}";
    }
}
