using System.Globalization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// A reconciliation in FHIR (profile CPIS-Reconciliation on Parameters): the numbers, and the plans of each list. Made of what is kept alone, so
/// that it is the same bytes however often it is asked for.
/// </summary>
public sealed class ReconciliationAnswer : IDisposable
{
    private readonly ParametersWriter _answer;

    /// <summary>Begins an answer.</summary>
    /// <param name="file">A file whose reconciliation is whole.</param>
    /// <param name="into">Where it is written as it grows; null to keep it.</param>
    public ReconciliationAnswer(DailyFile file, System.Buffers.IBufferWriter<byte>? into = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        var report = file.Reconciliation!;
        _answer = new ParametersWriter(FhirSystems.Profile("CPIS-Reconciliation"), into)
            .AddIdentifier(
                "sequence",
                FhirSystems.DailyFile(file.Authority),
                file.Sequence.ToString(CultureInfo.InvariantCulture)
            )
            .Add("made", file.Made)
            .Add("reported", report.Ended)
            .Add("end-missing-until", report.EndsUntil);
        AddNumbers(_answer, report);
    }

    /// <summary>The numbers, as the answer to the file tells them too.</summary>
    internal static void AddNumbers(ParametersWriter answer, Reconciliation report) =>
        answer
            .Add("held", report.Held)
            .Add("missing", report.Missing)
            .Add("newer", report.Newer)
            .Add("not-held", report.NotHeld)
            .Add("refused-held", report.RefusedHeld)
            .Add("changed", report.Changed)
            .Add("second-person", report.NeedsSecondPerson);

    /// <summary>Adds a plan.</summary>
    public void Add(ReportRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _answer
            .Begin("plan")
            .Add("list", "valueCode", row.Code)
            .Add("id", "valueString", row.PlanId)
            .Add("position", "valueString", row.Position?.ToString());
        if (row.Missing is { } held)
            _answer
                .Add("local-id", "valueString", held.LocalId)
                .AddCoding("type", FhirSystems.Snomed, held.Type.Code, held.Type.Display)
                .Add("start", "valueDateTime", held.Start)
                .Add("end", "valueDateTime", held.End)
                .Add("protected", held.IsProtected)
                .Add("confirmed", held.Confirmed);
        _answer.End();
        _answer.Flush();
    }

    /// <summary>The whole; nothing where it was written elsewhere.</summary>
    public byte[] Finish() => _answer.Finish();

    /// <inheritdoc />
    public void Dispose() => _answer.Dispose();
}
