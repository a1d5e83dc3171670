namespace CpIs.Fhir.Cli.Http;

/// <summary>Ends a command because the exchange answered something else than 2xx; the problems are in the answer.</summary>
internal sealed class RefusedException(Answer answer, string what) : Exception($"{what} was refused.")
{
    /// <summary>What the exchange answered.</summary>
    public Answer Answer { get; } = answer;

    /// <summary>What was asked, such as <c>the search for plans</c>.</summary>
    public string What { get; } = what;
}
