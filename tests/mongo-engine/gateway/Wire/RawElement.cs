using System.Buffers.Binary;

namespace MongoGateway.Wire;

/// <summary>One top-level element of a <see cref="RawDocument"/>: its type, name, and where its value lies.</summary>
internal readonly record struct RawElement(byte Type, string Name, int At, int Length)
{
    public const byte Binary = 0x05;
    public const byte Null = 0x0A;

    /// <summary>How many bytes a value of a type takes (bsonspec.org).</summary>
    public static int LengthOf(byte type, ReadOnlySpan<byte> value) =>
        type switch
        {
            0x01 or 0x09 or 0x11 or 0x12 => 8,
            0x02 or 0x0D or 0x0E => 4 + Size(value),
            0x03 or 0x04 or 0x0F => Size(value),
            Binary => 5 + Size(value),
            0x06 or Null or 0xFF or 0x7F => 0,
            0x07 => 12,
            0x08 => 1,
            0x0B => RegexLength(value),
            0x0C => 4 + Size(value) + 12,
            0x10 => 4,
            0x13 => 16,
            _ => throw new InvalidDataException($"BSON type 0x{type:x2}"),
        };

    private static int Size(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt32LittleEndian(value);

    private static int RegexLength(ReadOnlySpan<byte> value)
    {
        var pattern = value.IndexOf((byte)0) + 1;
        return pattern + value[pattern..].IndexOf((byte)0) + 1;
    }
}
