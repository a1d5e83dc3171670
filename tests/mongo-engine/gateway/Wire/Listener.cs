using System.Net.Sockets;

namespace MongoGateway.Wire;

/// <summary>Takes connections, for as long as the process lives.</summary>
internal sealed class Listener(GatewayOptions options, Dispatcher dispatcher)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var listener = new TcpListener(options.Listen);
        // Started again within a minute of a kill, while the kernel still remembers its last connections.
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start(512);
        Console.WriteLine($"mongogw: listening on {options.Listen}, topology {options.Topology}, wire {options.Wire}");
        for (var id = 1; !cancellation.IsCancellationRequested; id++)
        {
            try
            {
                var connection = new Connection(await listener.AcceptTcpClientAsync(cancellation), id, dispatcher);
                _ = Task.Run(() => connection.ServeAsync(cancellation), CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
