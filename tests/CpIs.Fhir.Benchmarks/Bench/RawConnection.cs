using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>
/// One kept HTTP/1.1 connection that sends bytes as they are and reads an answer with as little work as can be: the two
/// cores are the server's, not the measuring tool's. Understands what this server sends: Content-Length, no chunks.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[16 * 1024];

    private RawConnection(Socket socket, Stream stream) => (_socket, _stream) = (socket, stream);

    /// <summary>The last answer's body; valid until the next request.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Connects.</summary>
    public static async Task<RawConnection> OpenAsync(Uri server, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server.IdnHost, server.Port, cancellation);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (server.Scheme == "https")
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions { TargetHost = server.IdnHost },
                    cancellation
                );
                stream = tls;
            }

            return new RawConnection(socket, stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one request and reads its answer whole.</summary>
    /// <returns>HTTP status.</returns>
    /// <exception cref="IOException">The connection broke, or the answer is not understood.</exception>
    public async ValueTask<int> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        await _stream.WriteAsync(request, cancellation);
        var filled = 0;
        int head;
        while ((head = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
            filled += await ReadAsync(filled, cancellation);
        var (status, length) = ReadHead(_buffer.AsSpan(0, head + 2));
        var end = head + 4 + length;
        while (filled < end)
            filled += await ReadAsync(filled, cancellation);
        if (filled > end)
            throw new IOException("more bytes than the answer's Content-Length.");
        Body = _buffer.AsMemory(head + 4, length);
        return status;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async ValueTask<int> ReadAsync(int filled, CancellationToken cancellation)
    {
        if (filled == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await _stream.ReadAsync(_buffer.AsMemory(filled), cancellation);
        return read > 0 ? read : throw new IOException("the server closed the connection.");
    }

    private static (int Status, int Length) ReadHead(ReadOnlySpan<byte> head)
    {
        // "HTTP/1.1 200 OK"
        if (head.Length < 12 || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out _))
            throw new IOException("no HTTP/1.1 answer.");
        if (status is 204 or 304)
            return (status, 0);
        for (var rest = head; !rest.IsEmpty; )
        {
            var end = rest.IndexOf("\r\n"u8);
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 2)..];
            if (line.Length > 15 && Ascii.EqualsIgnoreCase(line[..15], "content-length:"u8))
                return Utf8Parser.TryParse(line[15..].TrimStart((byte)' '), out int length, out _) && length >= 0
                    ? (status, length)
                    : throw new IOException("no Content-Length that can be read.");
        }

        throw new IOException("an answer without Content-Length.");
    }
}
