namespace CpIs.Fhir.Cli.Validation;

/// <summary>Writes verdicts to standard output in one form.</summary>
internal interface IVerdictPrinter
{
    /// <summary>The next verdict.</summary>
    void Print(Verdict verdict);

    /// <summary>After the last one.</summary>
    void End(ValidationCounts counts);
}
