using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace CpIs.Fhir.Testing.MongoDb;

internal static class FreePort
{
    // Below the ports that the kernel gives to outgoing connections: one of these could take the port of a killed server, or
    // even connect to itself there.
    private const int Lowest = 10_000;
    private const int Highest = 32_000;

    /// <summary>A port of 127.0.0.1 that nobody has at this moment.</summary>
    public static int Find()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(Lowest, Highest);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody's; the next.
            }
        }
    }
}
