using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>A body that is read once, from beginning to end, of any size up to a limit; what was read of it is hashed on the way.</summary>
internal sealed class CountedBody : Stream
{
    /// <summary>Most bytes of one body: a million records. Larger files come in parts.</summary>
    private const long MostBytes = 2L * 1_024 * 1_024 * 1_024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Stream _body;
    private long _bytes;

    public CountedBody(HttpContext context)
    {
        // The limit of the other bodies is for what is read whole.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MostBytes;
        _body = context.Request.Body;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _bytes;
        set => throw new NotSupportedException();
    }

    /// <summary>SHA-256 of what was read, in base64.</summary>
    public string Hash() => Convert.ToBase64String(_hash.GetCurrentHash());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _body.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..read]);
        _bytes += read;
        return _bytes <= MostBytes
            ? read
            : throw new BadHttpRequestException("Too large.", StatusCodes.Status413PayloadTooLarge);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}
