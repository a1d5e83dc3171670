using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core.Transfer;

namespace CpIs.Fhir.Cli.Stores;

/// <summary>What a command says of a copy that has ended, and its exit code.</summary>
internal static class CopyReport
{
    public static int Tell(
        Report report,
        (string From, string To) ends,
        CopyOutcome outcome,
        SectionTimes times,
        TimeSpan took
    )
    {
        if (outcome.IsRefused)
        {
            report.Failure(Refusal(ends.To, outcome.Begin), ExitCode.Refused);
            return ExitCode.Refused;
        }

        report.Table(
            ["Section", "Records", "Checksum", "Records/s", "Compared"],
            [
                .. outcome.Sections.Select(s =>
                    (IReadOnlyList<string>)
                        [
                            s.Section.Words(),
                            Number(s.Target.Count),
                            s.Target.Checksum[..16],
                            times.RateOf(s.Section) is { } rate ? Number((long)rate) : "",
                            Words(s.Fault),
                        ]
                ),
            ]
        );
        report.Object(ToJson(ends, outcome, times, took));
        if (outcome.IsSound)
        {
            report.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"copied and verified: {Number(outcome.Sections.Sum(s => s.Target.Count))} records from {ends.From} to {ends.To} in {took.TotalSeconds:F1} s{(outcome.Begin.Answer == TransferAnswer.Resumed ? ", going on with a run before" : "")}"
                )
            );
            return ExitCode.Done;
        }

        foreach (var section in outcome.Sections.Where(s => s.Fault != SectionFault.None))
            report.Note($"cpis: {Explain(section)}");
        report.Note("cpis: the target stays marked as unfinished, and no server opens it.");
        return ExitCode.Refused;
    }

    private static string Refusal(string target, TransferBegin begin) =>
        begin.Answer == TransferAnswer.NotEmpty
            ? $"{target} is not empty. A copy needs an empty store. If this store is a finished copy, there is nothing left to do."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{target} is in the middle of another copy, from {begin.Copy!.Source}, begun {begin.Copy.Started.UtcDateTime:yyyy-MM-dd HH:mm} UTC: of another store, or of this one before it changed. Run that copy again, or start with an empty store."
            );

    private static string Explain(SectionResult section) =>
        section.Fault == SectionFault.SourceChanged
            ? $"{section.Section.Words()}: the source has changed since it was copied; perhaps a server ran. Start again with an empty target."
            : $"{section.Section.Words()}: the target differs from the source: {section.Target} against {section.Source} (count and checksum). Start again with an empty target. If it happens again, check that the disk is sound.";

    private static JsonObject ToJson(
        (string From, string To) ends,
        CopyOutcome outcome,
        SectionTimes times,
        TimeSpan took
    ) =>
        new()
        {
            ["outcome"] = outcome.IsSound ? "copied" : "refused",
            ["from"] = ends.From,
            ["to"] = ends.To,
            ["resumed"] = outcome.Begin.Answer == TransferAnswer.Resumed,
            ["seconds"] = Math.Round(took.TotalSeconds, 3),
            ["sections"] = new JsonArray([
                .. outcome.Sections.Select(s => new JsonObject
                {
                    ["section"] = s.Section.Words(),
                    ["records"] = s.Target.Count,
                    ["checksum"] = s.Target.Checksum,
                    ["source"] = s.Source.Checksum,
                    ["recordsPerSecond"] = times.RateOf(s.Section) is { } rate ? Math.Round(rate) : null,
                    ["compared"] = Words(s.Fault),
                }),
            ]),
        };

    private static string Words(SectionFault fault) =>
        fault switch
        {
            SectionFault.None => "same",
            SectionFault.SourceChanged => "source changed",
            _ => "target differs",
        };

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
