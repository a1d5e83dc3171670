namespace CpIs.Fhir.Core.LookUps;

/// <summary>What a clinician reads: the same words on every face, in pages, in the CLI and in an OperationOutcome.</summary>
public static class LookUpTexts
{
    /// <summary>Every 429 and 503 of a look-up. Nobody may take it for "no plan".</summary>
    public const string Failure = "WE COULD NOT CHECK. Do not treat as no plan. Phone children's social care.";

    /// <summary>A refusal with <see cref="Failure"/> first, and then its own reason.</summary>
    public static Refusal Failed(Refusal refusal) =>
        refusal with
        {
            Issues =
            [
                .. refusal.Issues.Select(
                    (issue, at) => at > 0 ? issue : issue with { Diagnostics = $"{Failure} {issue.Diagnostics}" }
                ),
            ],
        };

    /// <summary>503: the store could not answer, or could not record (promise 9).</summary>
    public static Refusal CouldNotCheck() =>
        new(
            RefusalKind.CouldNotCheck,
            [new Issue("transient", Failure, null, SpineCodes.UnableToCallService)],
            TimeSpan.FromSeconds(5)
        );
}
