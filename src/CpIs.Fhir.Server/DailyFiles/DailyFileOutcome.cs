using CpIs.Fhir.Core;
using CpIs.Fhir.Core.DailyFiles;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>The answer to a daily file as OperationOutcome: the verdict, then every fault with its position.</summary>
internal static class DailyFileOutcome
{
    public static byte[] Write(DailyFile file, IEnumerable<RecordOutcome> outcomes)
    {
        var verdict = Verdicts.Of(file.Counts);
        return OperationOutcomeWriter.ToBytes([
            new Issue(
                "informational",
                $"{verdict}: {verdict.Words()}. {file.Counts}.",
                Severity: verdict == FileVerdict.CPF02 ? "information" : "warning"
            ),
            .. outcomes.SelectMany(outcome =>
                outcome.Faults.Select(fault => new Issue(
                    fault.Code,
                    $"{(fault.Row is null ? outcome.Position.ToString() : fault.Place)}, {outcome.Verdict}: {fault.Text}",
                    // A row and a column are no FHIRPath.
                    fault.Row
                        is null
                        ? fault.Place
                        : null,
                    null,
                    fault.Severity,
                    fault.Rule
                ))
            ),
        ]);
    }
}
