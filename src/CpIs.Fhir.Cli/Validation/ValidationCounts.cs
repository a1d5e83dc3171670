using System.Globalization;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Cli.Validation;

/// <summary>What a run has found so far.</summary>
internal sealed class ValidationCounts
{
    private readonly long[] _issues = new long[4];

    /// <summary>Inputs.</summary>
    public long Inputs { get; private set; }

    /// <summary>Inputs with an error.</summary>
    public long Invalid { get; private set; }

    /// <summary>Counts one verdict.</summary>
    public void Add(ValidationResult result)
    {
        Inputs++;
        if (!result.IsValid)
            Invalid++;
        _issues[(int)ValidationSeverity.Error] += result.Errors;
        foreach (var issue in result.Issues)
            if (issue.Severity < ValidationSeverity.Error)
                _issues[(int)issue.Severity]++;
    }

    /// <summary>In one sentence.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Inputs:N0} validated: {Inputs - Invalid:N0} valid, {Invalid:N0} not; {Number(_issues[2], "error")}, {Number(_issues[1], "warning")}, {_issues[0]:N0} for information."
        );

    private static string Number(long count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");
}
