namespace CpIs.Fhir.Conformance.Packages;

/// <summary>A stream of what is unpacked that ends with an exception when it is more than the limits allow.</summary>
internal sealed class BoundedStream(Stream unpacked, Stream packed, PackageLimits limits) : Stream
{
    /// <summary>Below this the ratio says nothing: an empty archive packs well.</summary>
    private const long Small = 4 * 1_024 * 1_024;

    private long _bytes;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _bytes;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => Count(unpacked.Read(buffer));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(int read)
    {
        _bytes += read;
        if (_bytes > limits.MaximumBytes)
            throw new InvalidDataException($"it unpacks to more than {limits.MaximumBytes} bytes");
        if (_bytes > Small && packed.CanSeek && _bytes / limits.MaximumRatio > packed.Position)
            throw new InvalidDataException($"it unpacks to more than {limits.MaximumRatio} times its size");
        return read;
    }
}
