using System.Buffers.Binary;
using System.Globalization;

namespace CpIs.Fhir.Core.Transfer;

/// <summary>
/// How many records, and a checksum that does not ask in which order they came: the SHA-256 of each, added up in four
/// lanes of 64 bits. Added rather than xored, so that a record held twice shows.
/// </summary>
public readonly record struct SectionSum
{
    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    private SectionSum(long count, ulong first, ulong second, ulong third, ulong fourth) =>
        (Count, _first, _second, _third, _fourth) = (count, first, second, third, fourth);

    /// <summary>Records counted.</summary>
    public long Count { get; }

    /// <summary>The checksum, 64 hexadecimal digits.</summary>
    public string Checksum =>
        string.Create(CultureInfo.InvariantCulture, $"{_first:x16}{_second:x16}{_third:x16}{_fourth:x16}");

    /// <summary>Both as text, which <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count} {Checksum}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It did not.</exception>
    public static SectionSum Parse(string text)
    {
        if (text.Split(' ') is not [var count, { Length: 64 } sum])
            throw new FormatException("Not the sum of a section.");
        return new SectionSum(
            long.Parse(count, CultureInfo.InvariantCulture),
            Lane(sum[..16]),
            Lane(sum[16..32]),
            Lane(sum[32..48]),
            Lane(sum[48..])
        );
    }

    /// <summary>With the records of a batch.</summary>
    public SectionSum With(IEnumerable<PortableRecord> records)
    {
        var form = new CanonicalForm();
        Span<byte> hash = stackalloc byte[32];
        var sum = this;
        foreach (var record in records)
        {
            form.Hash(record, hash);
            sum = sum.Plus(hash);
        }

        return sum;
    }

    private SectionSum Plus(ReadOnlySpan<byte> hash) =>
        unchecked(
            new SectionSum(
                Count + 1,
                _first + BinaryPrimitives.ReadUInt64LittleEndian(hash),
                _second + BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]),
                _third + BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]),
                _fourth + BinaryPrimitives.ReadUInt64LittleEndian(hash[24..])
            )
        );

    private static ulong Lane(string digits) =>
        ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
