namespace CpIs.Fhir.Cli.Running;

/// <summary>All that a command touches of the process it runs in, so that a test can be that process.</summary>
internal sealed record Surroundings
{
    /// <summary>Name of the program, in front of what it says on standard error.</summary>
    public string Program { get; init; } = "cpis";

    /// <summary>Standard output: results, and nothing else.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Standard error: progress, notes, failures.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input.</summary>
    public required Func<Stream> In { get; init; }

    /// <summary>True when a person types at standard input, who can be asked.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>True when a person looks at standard output, who wants tables and colour.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>True when a person looks at standard error, who wants a moving bar.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The real process.</summary>
    public static Surroundings OfProcess() =>
        new()
        {
            Out = Console.Out,
            Error = Console.Error,
            In = Console.OpenStandardInput,
            InIsTerminal = !Console.IsInputRedirected,
            OutIsTerminal = !Console.IsOutputRedirected && CanMove,
            ErrorIsTerminal = !Console.IsErrorRedirected && CanMove,
            Variable = Environment.GetEnvironmentVariable,
        };

    private static bool CanMove => Environment.GetEnvironmentVariable("TERM") is not "dumb";
}
