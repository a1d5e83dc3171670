namespace CpIs.Fhir.Cli.Running;

/// <summary>
/// Ends a command with one readable line and <see cref="ExitCode.CouldNotRun"/>. What a server refuses is an
/// <see cref="Http.Answer"/>, not this.
/// </summary>
internal sealed class CannotRunException(string message, int exitCode = ExitCode.CouldNotRun, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>How the process ends.</summary>
    public int ExitCode { get; } = exitCode;
}
