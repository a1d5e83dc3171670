using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Core;

/// <summary>An id that is the same when the same is asked again: the store, which writes one id once, then counts it once.</summary>
internal static class RepeatableId
{
    /// <summary>A UUID (version 8) of what makes a request the one that it is. Nothing can be read back from it.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        Span<byte> id = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)), id);
        id[6] = (byte)(0x80 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id[..16], bigEndian: true).ToString("D");
    }
}
