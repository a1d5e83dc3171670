using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>How one Bundle fared.</summary>
/// <param name="File">Its name.</param>
/// <param name="Outcome">accepted, skipped, refused or failed.</param>
/// <param name="Status">HTTP status; 0 where nobody answered or nothing was sent.</param>
/// <param name="Created">Entries that made a resource.</param>
/// <param name="Updated">Entries that changed one.</param>
/// <param name="Unchanged">Entries that said what was known.</param>
/// <param name="Superseded">Entries that changed nothing because what is held is newer.</param>
/// <param name="Problems">What is wrong, each with its place and rule; hints on what was accepted too.</param>
internal sealed record UploadResult(
    string File,
    string Outcome,
    int Status = 0,
    int Created = 0,
    int Updated = 0,
    int Unchanged = 0,
    int Superseded = 0,
    IReadOnlyList<Problem>? Problems = null
)
{
    public const string Accepted = "accepted";
    public const string Skipped = "skipped";
    public const string Refused = "refused";
    public const string Failed = "failed";

    private const string SupersededRule = "cpis-upload-superseded";

    /// <summary>Reads the exchange's acknowledgement.</summary>
    public static UploadResult Of(string file, Answer answer)
    {
        if (!answer.IsSuccess)
            return new UploadResult(
                file,
                ExitCode.Of(answer.Status) == ExitCode.Refused ? Refused : Failed,
                answer.Status,
                Problems: answer.Problems
            );
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var (created, updated, unchanged, superseded) = (0, 0, 0, 0);
            var hints = new List<Problem>();
            foreach (var response in document.RootElement.List("entry").Select(e => e.At("response")))
            {
                var issues = Problem.Read(response.At("outcome")).ToList();
                if (issues.Any(i => i.Rule == SupersededRule))
                    superseded++;
                else if (IsUnchanged(response, issues))
                    unchanged++;
                else if (response.Text("status")?.StartsWith("201", StringComparison.Ordinal) == true)
                    created++;
                else
                    updated++;
                hints.AddRange(issues.Where(i => i.Severity is "warning" or "error" || i.Rule == SupersededRule));
            }

            return new UploadResult(file, Accepted, answer.Status, created, updated, unchanged, superseded, hints);
        }
        catch (JsonException)
        {
            return new UploadResult(
                file,
                Failed,
                answer.Status,
                Problems: [new Problem("the acknowledgement cannot be read.", null, null, "unknown", "error")]
            );
        }
    }

    /// <summary>One object for <c>--json</c>.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["file"] = File,
            ["outcome"] = Outcome,
            ["status"] = Status,
            ["created"] = Created,
            ["updated"] = Updated,
            ["unchanged"] = Unchanged,
            ["superseded"] = Superseded,
            ["problems"] = new JsonArray([.. (Problems ?? []).Select(p => p.ToJson())]),
        };

    /// <summary>An entry that changed nothing answers 200 with an informational outcome, or 304.</summary>
    private static bool IsUnchanged(JsonElement response, IReadOnlyList<Problem> issues) =>
        response.Text("status")?.StartsWith("304", StringComparison.Ordinal) == true
        || issues.Any(i =>
            i.Severity == "information" && i.Text.Contains("unchanged", StringComparison.OrdinalIgnoreCase)
        );
}
