using System.Buffers.Binary;
using System.Text;

namespace MongoGw;

/// <summary>One top-level element of a raw BSON document: only what the gateway needs to route a command.</summary>
readonly record struct Elem(byte Type, string Name, int ValueAt, int ValueLen);

/// <summary>A raw BSON document, scanned one level deep, never copied unless it must be changed.</summary>
readonly struct RawDoc(ReadOnlyMemory<byte> bytes)
{
    public readonly ReadOnlyMemory<byte> Bytes = bytes;

    public IEnumerable<Elem> Elements()
    {
        int at = 4,
            end = Bytes.Length - 1;
        while (at < end)
        {
            byte type = Bytes.Span[at++];
            int nameLen = Bytes.Span[at..].IndexOf((byte)0);
            string name = Encoding.UTF8.GetString(Bytes.Span.Slice(at, nameLen));
            at += nameLen + 1;
            int len = ValueLength(type, Bytes.Span[at..]);
            yield return new Elem(type, name, at, len);
            at += len;
        }
    }

    public Elem First() => Elements().First();

    public Elem? Find(string name)
    {
        foreach (var e in Elements())
            if (e.Name == name)
                return e;
        return null;
    }

    public bool Has(string name) => Find(name) is not null;

    public string? Str(string name) => Find(name) is { Type: 0x02 } e ? Str(e) : null;

    public string Str(Elem e) => Encoding.UTF8.GetString(Bytes.Span.Slice(e.ValueAt + 4, e.ValueLen - 5));

    public RawDoc Doc(Elem e) => new(Bytes.Slice(e.ValueAt, e.ValueLen));

    public RawDoc? Doc(string name) => Find(name) is { Type: 0x03 or 0x04 } e ? Doc(e) : null;

    public long? Long(string name) => Find(name) is { } e ? Long(e) : null;

    public long? Long(Elem e) =>
        e.Type switch
        {
            0x10 => BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span[e.ValueAt..]),
            0x12 => BinaryPrimitives.ReadInt64LittleEndian(Bytes.Span[e.ValueAt..]),
            0x01 => (long)BinaryPrimitives.ReadDoubleLittleEndian(Bytes.Span[e.ValueAt..]),
            0x08 => Bytes.Span[e.ValueAt],
            _ => null,
        };

    public bool? Bool(string name) => Long(name) is { } v ? v != 0 : null;

    static int ValueLength(byte type, ReadOnlySpan<byte> v)
    {
        int I(ReadOnlySpan<byte> s) => BinaryPrimitives.ReadInt32LittleEndian(s);
        switch (type)
        {
            case 0x01 or 0x09 or 0x11 or 0x12:
                return 8;
            case 0x02 or 0x0D or 0x0E:
                return 4 + I(v);
            case 0x03 or 0x04 or 0x0F:
                return I(v);
            case 0x05:
                return 5 + I(v);
            case 0x06 or 0x0A or 0xFF or 0x7F:
                return 0;
            case 0x07:
                return 12;
            case 0x08:
                return 1;
            case 0x0B:
                int a = v.IndexOf((byte)0) + 1;
                return a + v[a..].IndexOf((byte)0) + 1;
            case 0x0C:
                return 4 + I(v) + 12;
            case 0x10:
                return 4;
            case 0x13:
                return 16;
            default:
                throw new InvalidDataException($"BSON type 0x{type:x2}");
        }
    }
}
