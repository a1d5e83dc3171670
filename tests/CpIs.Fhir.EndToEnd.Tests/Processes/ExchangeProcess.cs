using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.EndToEnd.Tests.Processes;

/// <summary>
/// The real server as its own process, on a port and a data folder of its own, with the synthetic clients registered and
/// nothing seeded. It can be killed as a power cut would.
/// </summary>
internal sealed class ExchangeProcess : IAsyncDisposable
{
    private const int Terminate = 15; // SIGTERM of Linux
    private const int Continue = 18; // SIGCONT
    private const int Stop = 19; // SIGSTOP
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private ExchangeProcess(Process process, Uri root) => (_process, Root) = (process, root);

    /// <summary>Such as http://127.0.0.1:41234.</summary>
    public Uri Root { get; }

    public Uri FhirBase => new(Root, "/FHIR/R4/");

    public string Output => string.Join('\n', _output);

    public int Id => _process.Id;

    /// <summary>Starts the server and returns when it is ready to serve.</summary>
    /// <param name="data">Data folder, kept.</param>
    /// <param name="wrapper">A program that starts the server, such as a tracer, with its arguments.</param>
    /// <param name="settings">Environment variables over the defaults.</param>
    /// <param name="port">Port, or 0 for a free one.</param>
    /// <param name="demo">False for a server that knows nobody.</param>
    /// <param name="arguments">Further arguments of the server.</param>
    public static async Task<ExchangeProcess> StartAsync(
        string data,
        IReadOnlyList<string>? wrapper = null,
        IReadOnlyDictionary<string, string>? settings = null,
        int port = 0,
        bool demo = true,
        params string[] arguments
    )
    {
        var root = new Uri($"http://127.0.0.1:{(port == 0 ? FreePort() : port)}");
        List<string> command =
        [
            .. wrapper ?? [],
            "dotnet",
            Repository.Program("CpIs.Fhir.Server", "CpIs.Fhir.Server"),
            .. (string[])(demo ? ["--demo"] : []),
            "--urls",
            root.GetLeftPart(UriPartial.Authority),
            "--data",
            data,
            .. arguments,
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
            // The most that the options allow, where a test does not say less: a slow machine is no failure.
            Environment =
            {
                // Its life is too short for code to be compiled a second time, better.
                ["DOTNET_TC_CallCounting"] = "0",
                ["CPIS__Demo__Seed"] = "false",
                ["CPIS__LookUp__TimeoutSeconds"] = "60",
                ["CPIS__SqliteDbOptions__WriteTimeout"] = "00:02:00",
                ["CPIS__SqliteDbOptions__SearchTimeout"] = "00:02:00",
                ["CPIS__MongoDbOptions__WriteBudget"] = "00:02:00",
                ["CPIS__MongoDbOptions__ReadTimeout"] = "00:01:00",
                ["CPIS__MongoDbOptions__ConnectTimeout"] = "00:01:00",
                ["CPIS__MongoDbOptions__ServerSelectionTimeout"] = "00:01:00",
            },
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
            start.Environment[key] = value;

        var exchange = new ExchangeProcess(Process.Start(start)!, root);
        exchange.Collect();
        using var http = new HttpClient();
        await Eventually.TrueAsync(
            async () =>
                exchange._process.HasExited
                    ? throw new InvalidOperationException($"The server ended:\n{exchange.Output}")
                    : await IsReadyAsync(http, root),
            () => $"the server is ready\n{exchange.Output}"
        );
        return exchange;
    }

    /// <summary>SIGTERM, and returns when the process has ended by itself.</summary>
    public async Task StopAsync()
    {
        _ = Signal(_process.Id, Terminate);
        await _process.WaitForExitAsync();
    }

    /// <summary>It does nothing until it is thawed, as on a host that is paused; its connections stay open.</summary>
    public void Freeze() => _ = Signal(_process.Id, Stop);

    /// <summary>It goes on where it was.</summary>
    public void Thaw() => _ = Signal(_process.Id, Continue);

    /// <summary>kill -9, and returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    /// <summary>Whether it says that it can do its work.</summary>
    public async Task<HttpStatusCode> ReadyAsync()
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(Root, "/health/ready"));
        return answer.StatusCode;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri root)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(root, "/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Signal(int id, int signal);

    private void Collect()
    {
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }
}
