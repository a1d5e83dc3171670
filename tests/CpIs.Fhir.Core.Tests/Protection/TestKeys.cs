using System.Security.Cryptography;
using System.Text;
using CpIs.Fhir.Core.Protection;

namespace CpIs.Fhir.Core.Tests.Protection;

/// <summary>Keys that anybody may know.</summary>
internal static class TestKeys
{
    /// <summary>The same blind-index key each time, with the key-encryption keys of these ids, the first current.</summary>
    public static ProtectionKeys Of(params string[] ids) =>
        new(Bytes(0), [.. ids.Select(id => new KeyEncryptionKey(id, SHA256.HashData(Encoding.UTF8.GetBytes(id))))]);

    public static SealedRecords Sealed(params string[] ids) => new(Of(ids.Length == 0 ? ["test"] : ids));

    /// <summary>32 bytes, counting from a first one.</summary>
    public static byte[] Bytes(int first) => [.. Enumerable.Range(first, 32).Select(n => (byte)n)];
}
