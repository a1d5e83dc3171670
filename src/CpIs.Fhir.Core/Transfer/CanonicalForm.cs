using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Core.Transfer;

/// <summary>
/// A record as one row of bytes, the same in every store: each field with its length before it, so that no two records
/// can run into each other. One buffer serves many records. Not for use by several threads.
/// </summary>
internal sealed class CanonicalForm
{
    private const int Absent = -1;
    private readonly ArrayBufferWriter<byte> _buffer = new(4_096);

    /// <summary>SHA-256 of a record, into 32 bytes.</summary>
    public void Hash(PortableRecord record, Span<byte> hash)
    {
        _buffer.ResetWrittenCount();
        Add((long)record.Section);
        Add(record.GetType().Name);
        record.WriteTo(this);
        SHA256.HashData(_buffer.WrittenSpan, hash);
    }

    public void Add(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    /// <summary>Milliseconds since 1970, to which every store keeps time; null is told apart from every time.</summary>
    public void Add(DateTimeOffset? value)
    {
        Length(value is null ? Absent : 8);
        if (value is { } time)
            Add(time.ToUnixTimeMilliseconds());
    }

    public void Add(string? value)
    {
        if (value is null)
        {
            Length(Absent);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        Length(length);
        Encoding.UTF8.GetBytes(value, _buffer.GetSpan(length));
        _buffer.Advance(length);
    }

    public void Add(ReadOnlySpan<byte> value)
    {
        Length(value.Length);
        _buffer.Write(value);
    }

    private void Length(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }
}
