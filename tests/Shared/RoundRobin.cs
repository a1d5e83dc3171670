using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CpIs.Fhir.Tests.Shared;

/// <summary>
/// What balances between servers in tests: each connection goes to the next server that takes it, and its bytes pass as they are.
/// A client that makes a connection for each request (<see cref="NewClientHandler"/>) is sent round request by request.
/// </summary>
internal sealed class RoundRobin : IAsyncDisposable
{
    private static readonly TimeSpan AsksEvery = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Uri, int> _taken = new();
    private readonly ConcurrentDictionary<Uri, bool> _out = new();
    private readonly Task _accepting;
    private Task _asking = Task.CompletedTask;
    private Uri[] _servers = [];
    private int _next;

    public RoundRobin()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Root = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens, such as http://127.0.0.1:41234.</summary>
    public Uri Root { get; }

    /// <summary>How many connections each server took.</summary>
    public IReadOnlyDictionary<Uri, int> Taken => _taken;

    /// <summary>For an HttpClient whose every request is a connection of its own.</summary>
    public static SocketsHttpHandler NewClientHandler() =>
        new() { UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero };

    /// <summary>Between which it balances from now on.</summary>
    public void Use(params IEnumerable<Uri> servers) => _servers = [.. servers];

    /// <summary>Asks each server over and over whether it is ready, and passes by one that is not while another is.</summary>
    public void Watch() => _asking = AskAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await Task.WhenAll(_accepting, _asking);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync(_stop.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ServeAsync(Socket caller)
    {
        using (caller)
        {
            using var server = await ConnectAsync();
            if (server is not null)
                await Task.WhenAll(PassAsync(caller, server), PassAsync(server, caller));
        }
    }

    /// <summary>A connection to the next server that takes one; null where none does.</summary>
    private async Task<Socket?> ConnectAsync()
    {
        var all = _servers;
        var first = Interlocked.Increment(ref _next) & int.MaxValue;
        var inTurn = Enumerable.Range(0, all.Length).Select(i => all[(first + i) % all.Length]).ToList();
        foreach (var server in inTurn.OrderBy(server => _out.GetValueOrDefault(server)))
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, server.Port, _stop.Token);
                _taken.AddOrUpdate(server, 1, static (_, taken) => taken + 1);
                return socket;
            }
            catch (Exception refused) when (refused is SocketException or OperationCanceledException)
            {
                socket.Dispose();
            }
        }

        return null;
    }

    /// <summary>What ends on one side ends on the other; a side that breaks breaks both.</summary>
    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int length;
            while ((length = await from.ReceiveAsync(buffer, _stop.Token)) > 0)
                for (var sent = 0; sent < length; )
                    sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), _stop.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception broken)
            when (broken is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            from.Close();
            to.Close();
        }
    }

    private async Task AskAsync()
    {
        using var http = new HttpClient(NewClientHandler());
        while (!_stop.IsCancellationRequested)
        {
            foreach (var server in _servers)
                _out[server] = !await IsReadyAsync(http, server);
            await Task.Delay(AsksEvery, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> IsReadyAsync(HttpClient http, Uri server)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(server, "/health/ready"), _stop.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
