using System.Buffers.Binary;
using System.Text;

namespace MongoGateway.Wire;

/// <summary>A BSON document as it came, scanned one level deep and never copied unless it must be changed.</summary>
internal readonly record struct RawDocument(ReadOnlyMemory<byte> Bytes)
{
    private const byte Double = 0x01;
    private const byte Text = 0x02;
    private const byte Document = 0x03;
    private const byte Array = 0x04;
    private const byte Boolean = 0x08;
    private const byte Int32 = 0x10;
    private const byte Int64 = 0x12;

    public IEnumerable<RawElement> Elements()
    {
        for (int at = 4, end = Bytes.Length - 1; at < end; )
        {
            var type = Bytes.Span[at++];
            var nameLength = Bytes.Span[at..].IndexOf((byte)0);
            var name = Encoding.UTF8.GetString(Bytes.Span.Slice(at, nameLength));
            at += nameLength + 1;
            var length = RawElement.LengthOf(type, Bytes.Span[at..]);
            yield return new RawElement(type, name, at, length);
            at += length;
        }
    }

    /// <summary>The element that names a command.</summary>
    public RawElement First() => Elements().First();

    public RawElement? Find(string name)
    {
        foreach (var element in Elements())
            if (element.Name == name)
                return element;
        return null;
    }

    public bool Has(string name) => Find(name) is not null;

    public string? FindString(string name) => Find(name) is { Type: Text } element ? String(element) : null;

    public string String(RawElement element) =>
        element.Type == Text
            ? Encoding.UTF8.GetString(Bytes.Span.Slice(element.At + 4, element.Length - 5))
            : throw new InvalidDataException($"{element.Name} must be a string");

    public RawDocument? FindDocument(string name) =>
        Find(name) is { Type: Document or Array } element ? Inner(element) : null;

    public RawDocument Inner(RawElement element) => new(Value(element));

    public ReadOnlyMemory<byte> Value(RawElement element) => Bytes.Slice(element.At, element.Length);

    public long? FindNumber(string name) => Find(name) is { } element ? Number(element) : null;

    public long? Number(RawElement element)
    {
        var value = Bytes.Span[element.At..];
        return element.Type switch
        {
            Int32 => BinaryPrimitives.ReadInt32LittleEndian(value),
            Int64 => BinaryPrimitives.ReadInt64LittleEndian(value),
            Double => (long)BinaryPrimitives.ReadDoubleLittleEndian(value),
            Boolean => value[0],
            _ => null,
        };
    }

    public bool? FindBool(string name) => FindNumber(name) is { } number ? number != 0 : null;
}
