using System.Net.Sockets;

namespace MongoGateway.Wire;

/// <summary>Reads the messages of one client one after another, and answers each before it reads the next.</summary>
internal sealed class Connection(TcpClient client, int id, Dispatcher dispatcher)
{
    private const int LargestMessage = 48_000_000;
    private readonly ClientState _state = new(id);

    public async Task ServeAsync(CancellationToken cancellation)
    {
        using var _ = client;
        client.NoDelay = true;
        var stream = client.GetStream();
        var head = new byte[16];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(head, cancellation);
                var header = MessageHeader.Read(head);
                if (header.Length is < 16 or > LargestMessage)
                    throw new InvalidDataException("message length");
                var body = new byte[header.Length - 16];
                await stream.ReadExactlyAsync(body, cancellation);
                if (await AnswerAsync(header, body) is { } reply)
                    await stream.WriteAsync(reply, cancellation);
            }
        }
        catch (CutConnectionException)
        {
            // A fail point wants it so. A reset, as when a server dies, and not an orderly end.
            client.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e)
            when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client has gone, or we are ending.
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"connection {id}: {e}");
        }
    }

    private async Task<byte[]?> AnswerAsync(MessageHeader header, byte[] body)
    {
        var (request, wanted) = header.Operation switch
        {
            MessageHeader.Message => OpMessage.Read(body, _state),
            MessageHeader.Query => (OpQuery.Read(body, _state), true),
            _ => throw new InvalidDataException($"operation {header.Operation}"),
        };
        var reply = await dispatcher.RunAsync(request);
        if (!wanted)
            return null;
        return header.Operation == MessageHeader.Query ? OpQuery.Reply(header, reply) : OpMessage.Reply(header, reply);
    }
}
