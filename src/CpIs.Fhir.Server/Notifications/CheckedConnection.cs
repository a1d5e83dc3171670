using System.Net;
using System.Net.Sockets;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>
/// Opens the connections of outgoing notifications: resolves the name once, checks every address, and connects to what
/// was checked, so that a name which changes its address between check and use (DNS rebinding) gains nothing.
/// </summary>
/// <param name="allowLoopback">See <see cref="NotificationOptions.AllowLoopbackHttp"/>.</param>
/// <param name="resolve">Name resolution; the system's in production.</param>
/// <param name="privateNetworks">See <see cref="NotificationOptions.PrivateNetworks"/>.</param>
internal sealed class CheckedConnection(
    bool allowLoopback,
    Func<string, CancellationToken, Task<IPAddress[]>> resolve,
    string privateNetworks = ""
)
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var target = context.DnsEndPoint;
        var plain = context.InitialRequestMessage.RequestUri?.Scheme != Uri.UriSchemeHttps;
        var addresses = await CheckAsync(target.Host, plain, cancellation);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The addresses of a host, all of which may be connected to.</summary>
    /// <exception cref="BlockedAddressException">One of them may not, or there is none.</exception>
    internal async Task<IPAddress[]> CheckAsync(string host, bool plain, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellation);
        if (addresses.Length == 0)
            throw new BlockedAddressException("the host has no address");
        // One bad address refuses all: which of them is used must not be a matter of chance.
        if (allowLoopback && addresses.All(PublicAddress.IsLoopback))
            return addresses;
        if (plain)
            throw new BlockedAddressException("plain http is allowed only to loopback and only in the demo");
        return addresses.All(address => PublicAddress.IsAllowed(address, privateNetworks))
            ? addresses
            : throw new BlockedAddressException("the host resolves to an address that is not public");
    }
}

/// <summary>Nothing may be sent there. The message does not repeat the address.</summary>
internal sealed class BlockedAddressException(string message) : IOException(message);
