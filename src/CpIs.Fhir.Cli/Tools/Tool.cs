using System.CommandLine;
using System.Text;
using System.Text.Json;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Cli.Tools;

/// <summary>What all commands share: the common options, and how a failure becomes a line and an exit code.</summary>
internal sealed class Tool(Surroundings surroundings)
{
    /// <summary>Where an exchange listens when nobody says otherwise.</summary>
    public const string DefaultServer = "http://127.0.0.1:8080";

    /// <summary>The process.</summary>
    public Surroundings Surroundings { get; } = surroundings;

    /// <summary><c>--server</c>.</summary>
    public Option<string?> Server { get; } =
        new("--server")
        {
            Description = $"The exchange: its root or its FHIR base. [CPIS_SERVER; {DefaultServer}]",
            HelpName = "BASE",
            Recursive = true,
        };

    /// <summary><c>--client</c>.</summary>
    public Option<string?> Client { get; } =
        new("--client")
        {
            Description = "Client file (JSON): who asks, and the private key that proves it. [CPIS_CLIENT]",
            HelpName = "FILE",
            Recursive = true,
        };

    /// <summary><c>--json</c>.</summary>
    public Option<bool> Json { get; } =
        new("--json") { Description = "Write one JSON object a line to standard output.", Recursive = true };

    /// <summary>The words after <c>cpis</c> that lead to a command.</summary>
    public static IEnumerable<string> PathOf(Command command) =>
        command is RootCommand ? [] : PathOf(command.Parents.OfType<Command>().First()).Append(command.Name);

    /// <summary>Gives a command its work; every expected failure ends here in one line.</summary>
    public Command Runs(Command command, Func<Run, CancellationToken, Task<int>> work)
    {
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var run = new Run(this, parsed);
                try
                {
                    return await work(run, cancellation);
                }
                catch (RefusedException refusal)
                {
                    return run.Report.Refused(refusal.Answer, refusal.What);
                }
                catch (CannotRunException failure)
                {
                    run.Report.Failure(failure.Message, failure.ExitCode);
                    return failure.ExitCode;
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    run.Report.Failure("interrupted.", ExitCode.CouldNotRun);
                    return ExitCode.CouldNotRun;
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
                {
                    run.Report.Failure(failure.Message, ExitCode.CouldNotRun);
                    return ExitCode.CouldNotRun;
                }
                catch (Exception bug)
                {
                    run.Report.Failure(
                        $"unexpected failure: {bug.GetType().Name}: {bug.Message}",
                        ExitCode.CouldNotRun
                    );
                    if (Surroundings.Variable("CPIS_DEBUG") == "1")
                        await Surroundings.Error.WriteLineAsync(bug.ToString());
                    return ExitCode.CouldNotRun;
                }
            }
        );
        return command;
    }
}

/// <summary>One run of one command.</summary>
internal sealed class Run(Tool tool, ParseResult parsed)
{
    private Stream? _typed;

    /// <summary>Where results and notes go.</summary>
    public Report Report { get; } = new(tool.Surroundings, parsed.GetValue(tool.Json));

    /// <summary>The process.</summary>
    public Surroundings Surroundings => tool.Surroundings;

    /// <summary>The exchange as the user named it.</summary>
    /// <exception cref="CannotRunException">It is not a usable URL.</exception>
    public Uri Server =>
        ServerAddress.Given(
            parsed.GetValue(tool.Server) ?? Surroundings.Variable("CPIS_SERVER") ?? Tool.DefaultServer,
            Surroundings.Variable("CPIS_ALLOW_HTTP") == "1"
        );

    /// <summary>Path of the client file, or null.</summary>
    public string? ClientPath => parsed.GetValue(tool.Client) ?? Surroundings.Variable("CPIS_CLIENT");

    /// <summary>Value of an option, or its default.</summary>
    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    /// <summary>True when the option stands on the command line, with or without a value.</summary>
    public bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Value of an argument.</summary>
    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>The client's file, read.</summary>
    /// <exception cref="CannotRunException">None was named, or it cannot be read.</exception>
    public ClientFile ReadClient() =>
        ReadClient(
            ClientPath
                ?? throw new CannotRunException(
                    "the client is missing. Name its file with --client FILE or CPIS_CLIENT."
                )
        );

    /// <summary>A client's file, read.</summary>
    public static ClientFile ReadClient(string path)
    {
        try
        {
            return ClientFile.Read(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CannotRunException(
                $"there is no client file {path}. Name another with --client FILE or CPIS_CLIENT.",
                inner: missing
            );
        }
        catch (JsonException unreadable)
        {
            throw new CannotRunException($"{path} is not a client file: {unreadable.Message}", inner: unreadable);
        }
    }

    /// <summary>A person's file, read; null when no path was given.</summary>
    public static ClientUser? ReadUser(string? path)
    {
        if (path is null)
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ClientFileJson.Default.ClientUser)
                ?? throw new JsonException("it holds null.");
        }
        catch (JsonException unreadable)
        {
            throw new CannotRunException($"{path} is not a person: {unreadable.Message}", inner: unreadable);
        }
    }

    /// <summary>Asks the person at the terminal, who must say yes.</summary>
    /// <param name="question">Ends with a question mark.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task<bool> AsksAsync(string question, CancellationToken cancellation)
    {
        return (await AskAsync($"{question} [y/N] ", cancellation))?.ToUpperInvariant() is "Y" or "YES";
    }

    /// <summary>Asks the person at the terminal.</summary>
    /// <param name="question">With the blank that ends it.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>What they typed, without blanks around it; null at the end of what is typed.</returns>
    public async Task<string?> AskAsync(string question, CancellationToken cancellation)
    {
        await Surroundings.Error.WriteAsync(Printable.Of(question));
        await Surroundings.Error.FlushAsync(cancellation);
        return (await ReadLineAsync(cancellation))?.Trim();
    }

    /// <summary>The next line of standard input; null at its end. No more is taken than that line: what follows is another answer.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellation)
    {
        _typed ??= Surroundings.In();
        var line = new List<byte>();
        var one = new byte[1];
        while (await _typed.ReadAsync(one, cancellation) > 0)
            if (one[0] == (byte)'\n')
                return Encoding.UTF8.GetString([.. line]);
            else
                line.Add(one[0]);
        return line.Count > 0 ? Encoding.UTF8.GetString([.. line]) : null;
    }

    /// <summary>A client of the exchange that proves itself by its file.</summary>
    public ExchangeClient Connect(string? userPath = null, string? scope = null) =>
        new(Server, ReadClient(), ReadUser(userPath), scope, Surroundings.Time, Report.Note);
}
