namespace CpIs.Fhir.Cli.Running;

/// <summary>What a script learns from <c>cpis</c>.</summary>
internal static class ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    public const int Done = 0;

    /// <summary>The exchange answered, and refused (4xx).</summary>
    public const int Refused = 1;

    /// <summary>Nothing can be said: bad usage, nobody answered, or the exchange failed (5xx).</summary>
    public const int CouldNotRun = 2;

    /// <summary>The exit code for an HTTP status.</summary>
    public static int Of(int status) =>
        status switch
        {
            >= 200 and < 300 => Done,
            >= 400 and < 500 => Refused,
            _ => CouldNotRun,
        };
}
