using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Benchmarks.Notices;

/// <summary>Receivers on ports of their own, which take everything: the machine's part of a delivery.</summary>
internal sealed class Receivers : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _warmUp;
    private readonly int _expected;
    private int _taken;
    private long _from;
    private long _to;

    private Receivers(WebApplication server, int warmUp, int expected) =>
        (_server, _warmUp, _expected) = (server, warmUp, expected);

    /// <summary>One an authority.</summary>
    public IReadOnlyList<Uri> Endpoints => [.. _server.Urls.Select(url => new Uri(new Uri(url), "/notices"))];

    /// <summary>Ends when as many have come as were expected.</summary>
    public Task Enough => _enough.Task;

    /// <summary>How many have come.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>How many a second, from the last of the warm-up to the last of all.</summary>
    public double PerSecond => (_expected - _warmUp) / Stopwatch.GetElapsedTime(_from, _to).TotalSeconds;

    /// <summary>Listens on the loopback.</summary>
    /// <param name="count">How many receivers.</param>
    /// <param name="warmUp">How many notices come before counting begins.</param>
    /// <param name="expected">How many come in all.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<Receivers> StartAsync(int count, int warmUp, int expected, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            for (var i = 0; i < count; i++)
                kestrel.Listen(IPAddress.Loopback, 0);
        });
        var server = builder.Build();
        var receivers = new Receivers(server, warmUp, expected);
        server.Run(receivers.TakeAsync);
        await server.StartAsync(cancellation);
        return receivers;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        var number = Interlocked.Increment(ref _taken);
        if (number == _warmUp)
            _from = Stopwatch.GetTimestamp();
        if (number != _expected)
            return;
        _to = Stopwatch.GetTimestamp();
        _enough.TrySetResult();
    }
}
