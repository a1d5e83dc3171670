using System.Buffers.Binary;

namespace CpIs.Fhir.Core.Protection;

/// <summary>Compares headers of data keys. Their last bytes are a tag, which is as good as random.</summary>
internal sealed class HeaderComparer : IEqualityComparer<byte[]>
{
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => BinaryPrimitives.ReadInt32LittleEndian(obj.AsSpan(^4..));
}
