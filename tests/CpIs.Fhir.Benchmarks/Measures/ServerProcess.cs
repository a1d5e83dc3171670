using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>The published server as a process of its own, on a free port of the loopback, with its limits raised.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;

    private ServerProcess(Process process, Uri root) => (_process, Root) = (process, root);

    /// <summary>Such as http://127.0.0.1:41234.</summary>
    public Uri Root { get; }

    /// <summary>Memory that it holds now, in bytes.</summary>
    public long ResidentBytes => Status("VmRSS:");

    /// <summary>The most memory that it held at any time, in bytes.</summary>
    public long MostResidentBytes => Status("VmHWM:");

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts it, and returns when it is ready.</summary>
    /// <param name="program">Folder of the published server.</param>
    /// <param name="store">What it stands on.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ServerProcess> StartAsync(
        string program,
        IMeasuredStore store,
        CancellationToken cancellation
    )
    {
        var root = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(program, "CpIs.Fhir.Server.dll"),
                "--demo",
                "--bench",
                "--urls",
                root.GetLeftPart(UriPartial.Authority),
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Its settings lie beside it.
            WorkingDirectory = program,
        };
        start.Environment["CPIS__Demo__Seed"] = "false";
        foreach (var (key, value) in store.ServerSettings)
            start.Environment[key] = value;
        var output = new Queue<string>();
        var server = new ServerProcess(Process.Start(start)!, root);
        server.Collect(output);
        try
        {
            await server.ReadyAsync(output, cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it as an operator would, and when it does not, as a power cut would.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (var signal = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
                await signal.WaitForExitAsync();
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await _process.WaitForExitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private long Status(string name) =>
        File.ReadLines($"/proc/{_process.Id}/status")
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => long.Parse(line[name.Length..^2].Trim(), CultureInfo.InvariantCulture) * 1_024)
            .Single();

    private async Task ReadyAsync(Queue<string> output, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience && !_process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Root, "/health/ready"), cancellation);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(100, cancellation);
        }

        lock (output)
            throw new InvalidOperationException($"The server does not become ready:\n{string.Join('\n', output)}");
    }

    private void Collect(Queue<string> output)
    {
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        void Keep(string? line)
        {
            lock (output)
            {
                output.Enqueue(line ?? "");
                if (output.Count > 50)
                    output.Dequeue();
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
