using System.Globalization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// The answer to a daily file in FHIR (profile CPIS-DailyFileResponse on Parameters): the verdict, the numbers, and for each record what became
/// of it. Made of what is kept alone, so that it is the same bytes however often it is asked for. Nothing personal is in it but the authority's
/// own ids.
/// </summary>
public sealed class DailyFileAnswer : IDisposable
{
    private readonly ParametersWriter _answer;

    /// <summary>Begins an answer.</summary>
    /// <param name="file">The file, which is done.</param>
    /// <param name="isDryRun">True where nothing was stored.</param>
    /// <param name="into">Where it is written as it grows; null to keep it.</param>
    public DailyFileAnswer(DailyFile file, bool isDryRun, System.Buffers.IBufferWriter<byte>? into = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        var verdict = Verdicts.Of(file.Counts);
        _answer = new ParametersWriter(FhirSystems.Profile("CPIS-DailyFileResponse"), into)
            .AddCoding("verdict", FhirSystems.UploadFileResponse, verdict.ToString(), verdict.Words())
            .AddIdentifier(
                "sequence",
                FhirSystems.DailyFile(file.Authority),
                file.Sequence.ToString(CultureInfo.InvariantCulture)
            )
            .Add("made", file.Made)
            .Add("mode", "valueCode", file.Mode == DailyFileMode.Full ? "full" : "delta")
            .Add("dry-run", isDryRun)
            .Add("records", file.Counts.Total)
            .Add("loaded", file.Counts.Loaded)
            .Add("unchanged", file.Counts.Unchanged)
            .Add("superseded", file.Counts.Superseded)
            .Add("refused", file.Counts.Refused);
        if (file.Reconciliation is not { Ended: not null } report)
            return;
        _answer.Begin("reconciliation");
        ReconciliationAnswer.AddNumbers(_answer, report);
        if (!isDryRun && file.FhirBase is { } fhirBase)
            _answer.Add("report", "valueUrl", $"{fhirBase}/$upload/{file.Id}/$reconciliation");
        _answer.End();
    }

    /// <summary>Adds a record.</summary>
    public void Add(RecordOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        _answer
            .Begin("record")
            .Add("position", "valueString", outcome.Position.ToString())
            .AddCoding("verdict", FhirSystems.UploadRecordResponse, outcome.Verdict.ToString(), outcome.Verdict.Words())
            .Add("effect", "valueCode", outcome.Effect.Code())
            .Add("local-id", "valueString", outcome.LocalId);
        foreach (var plan in outcome.Plans)
            _answer
                .Begin("plan")
                .Add("id", "valueString", plan.Id)
                .Add("effect", "valueCode", plan.Effect.Code())
                .End();
        foreach (var fault in outcome.Faults)
            _answer
                .Begin("issue")
                .Add("severity", "valueCode", fault.Severity)
                .Add("plan", "valueString", fault.PlanId)
                .Add("element", "valueString", fault.Element)
                .Add("place", "valueString", fault.Place)
                .Add("rule", "valueCode", fault.Rule)
                .Add("text", "valueString", fault.Text)
                .End();
        _answer.End();
        _answer.Flush();
    }

    /// <summary>The whole; nothing where it was written elsewhere.</summary>
    public byte[] Finish() => _answer.Finish();

    /// <inheritdoc />
    public void Dispose() => _answer.Dispose();
}
