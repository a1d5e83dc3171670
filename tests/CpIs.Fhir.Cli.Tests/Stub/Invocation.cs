using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Administration;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Cli.Tests.Stub;

/// <summary>One run of the tool inside the test's process, with its streams captured.</summary>
internal sealed class Invocation : IDisposable
{
    private readonly CancellationTokenSource _interrupt = new();
    private readonly Task<int> _run;

    private Invocation(
        string[] args,
        string? input,
        IReadOnlyDictionary<string, string> variables,
        bool isTyped = false
    ) =>
        _run = Task.Run(() =>
            Cpis.RunAsync(
                args,
                new Surroundings
                {
                    Out = Out,
                    Error = Error,
                    In = () => new MemoryStream(Encoding.UTF8.GetBytes(input ?? "")),
                    InIsTerminal = isTyped,
                    Variable = name => variables.GetValueOrDefault(name),
                },
                _interrupt.Token
            )
        );

    public ListeningWriter Out { get; } = new();

    public ListeningWriter Error { get; } = new();

    /// <summary>Starts a run that goes on.</summary>
    public static Invocation Start(params string[] args) => new(args, null, new Dictionary<string, string>());

    /// <summary>Runs to the end.</summary>
    public static Task<Ended> RunAsync(params string[] args) => RunAsync(args, null);

    public static async Task<Ended> RunAsync(
        string[] args,
        string? input,
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        using var run = new Invocation(args, input, variables ?? new Dictionary<string, string>());
        return await run.EndAsync();
    }

    /// <summary>Runs to the end with a person at the terminal, who types this.</summary>
    public static async Task<Ended> TypedAsync(string[] args, string input)
    {
        using var run = new Invocation(args, input, new Dictionary<string, string>(), isTyped: true);
        return await run.EndAsync();
    }

    public void Interrupt() => _interrupt.Cancel();

    public async Task<Ended> EndAsync() => new(await Eventually.EndsAsync(_run), Out.ToString(), Error.ToString());

    public void Dispose() => _interrupt.Dispose();
}

/// <summary>How a run ended.</summary>
internal sealed record Ended(int Code, string Out, string Error)
{
    public IReadOnlyList<JsonNode> Objects =>
        [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
}

/// <summary>A writer on which a test can wait for a text.</summary>
internal sealed class ListeningWriter : StringWriter
{
    private readonly Lock _lock = new();
    private readonly List<(string Text, TaskCompletionSource<string> Seen)> _waiting = [];

    public override void WriteLine(string? value)
    {
        lock (_lock)
        {
            base.WriteLine(value);
            var all = base.ToString();
            foreach (var (_, seen) in _waiting.Where(w => all.Contains(w.Text, StringComparison.Ordinal)))
                seen.TrySetResult(all);
        }
    }

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    public Task<string> SeesAsync(string text)
    {
        lock (_lock)
        {
            var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((text, seen));
            var all = base.ToString();
            if (all.Contains(text, StringComparison.Ordinal))
                seen.TrySetResult(all);
            return Eventually.EndsAsync(seen.Task);
        }
    }

    public override string ToString()
    {
        lock (_lock)
            return base.ToString();
    }
}

/// <summary>A folder of one test, with a client file in it.</summary>
internal sealed class Workshop : IDisposable
{
    public Workshop() =>
        File.WriteAllText(
            Client,
            new JsonObject
            {
                ["clientId"] = "test-client",
                ["kind"] = "authority",
                ["organisation"] = "XHF01",
                ["jwk"] = PublicKeys.NewPrivateKey("ES384"),
            }.ToJsonString()
        );

    public string Folder { get; } = Directory.CreateTempSubdirectory("cpis-cli-").FullName;

    public string Client => Path.Combine(Folder, "client.json");

    public string this[string name] => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
