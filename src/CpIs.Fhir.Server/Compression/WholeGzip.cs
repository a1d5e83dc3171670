using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.AspNetCore.RequestDecompression;

namespace CpIs.Fhir.Server.Compression;

/// <summary>Unpacks gzip, and takes nothing for whole that was cut off: half a search would be another search.</summary>
internal sealed class WholeGzip : IDecompressionProvider
{
    /// <inheritdoc />
    public Stream GetDecompressionStream(Stream stream) => new Unpacked(stream);

    /// <summary>
    /// What is in the body. .NET ends without a word where the packed bytes end too early; so the length that gzip writes as its
    /// last four bytes (RFC 1952, 2.3.1) is compared with what came out.
    /// </summary>
    private sealed class Unpacked : Forward
    {
        private readonly Packed _packed;
        private readonly GZipStream _gzip;
        private uint _length;

        public Unpacked(Stream body)
        {
            _packed = new Packed(body);
            _gzip = new GZipStream(_packed, CompressionMode.Decompress);
        }

        /// <inheritdoc />
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            var read = await _gzip.ReadAsync(buffer, cancellationToken);
            _length = unchecked(_length + (uint)read);
            if (read == 0 && buffer.Length > 0 && !_packed.IsEmpty && _packed.Length32 != _length)
                throw new InvalidDataException("The packed bytes are not whole.");
            return read;
        }

        /// <inheritdoc />
        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _gzip.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>The body as it comes, whose last four bytes are remembered.</summary>
    private sealed class Packed(Stream body) : Forward
    {
        private readonly byte[] _last = new byte[sizeof(uint)];

        /// <summary>True where nothing came.</summary>
        public bool IsEmpty { get; private set; } = true;

        /// <summary>The last four bytes as a number.</summary>
        public uint Length32 => BinaryPrimitives.ReadUInt32LittleEndian(_last);

        /// <inheritdoc />
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            var read = await body.ReadAsync(buffer, cancellationToken);
            if (read == 0)
                return 0;
            IsEmpty = false;
            var fresh = buffer.Span[Math.Max(0, read - _last.Length)..read];
            _last.AsSpan(fresh.Length).CopyTo(_last);
            fresh.CopyTo(_last.AsSpan(_last.Length - fresh.Length));
            return read;
        }
    }

    /// <summary>A stream that is read once, from its beginning to its end, and never by waiting.</summary>
    private abstract class Forward : Stream
    {
        /// <inheritdoc />
        public override bool CanRead => true;

        /// <inheritdoc />
        public override bool CanSeek => false;

        /// <inheritdoc />
        public override bool CanWrite => false;

        /// <inheritdoc />
        public override long Length => throw new NotSupportedException();

        /// <inheritdoc />
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <inheritdoc />
        public override void Flush() { }

        /// <inheritdoc />
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        /// <inheritdoc />
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        /// <inheritdoc />
        public override void SetLength(long value) => throw new NotSupportedException();

        /// <inheritdoc />
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
