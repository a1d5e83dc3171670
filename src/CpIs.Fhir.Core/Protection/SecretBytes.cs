namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// Memory for keys. It is pinned: where the collector moved an array, it would leave a copy behind that nobody can wipe.
/// </summary>
internal static class SecretBytes
{
    /// <summary>Every key here has 256 bits.</summary>
    public const int KeyLength = 32;

    public static byte[] Copy(ReadOnlySpan<byte> secret)
    {
        var kept = GC.AllocateUninitializedArray<byte>(secret.Length, pinned: true);
        secret.CopyTo(kept);
        return kept;
    }
}
