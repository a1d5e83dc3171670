using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>The answer to a daily file (profile CPIS-DailyFileResponse), as a person reads it.</summary>
internal sealed class Acknowledgement
{
    private readonly JsonElement _answer;

    private Acknowledgement(Answer answer) => (_answer, Body) = (answer.ReadJson(), answer.Body);

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>CPF02 to CPF04, with what it means.</summary>
    public string Verdict => $"{_answer.Value("verdict").Text("code")}: {_answer.Value("verdict").Text("display")}";

    /// <summary>The number of the file.</summary>
    public string? Sequence => _answer.Value("sequence").Text("value");

    /// <summary>When its data was taken from the register.</summary>
    public string? Made => _answer.ValueText("made");

    /// <summary>True where nothing was stored.</summary>
    public bool IsDryRun => _answer.ValueIsTrue("dry-run");

    /// <summary>Records in the file.</summary>
    public long Records => Number("records");

    /// <summary>Records that were refused.</summary>
    public long Refused => Number("refused");

    /// <summary>In numbers.</summary>
    public string Counts =>
        $"{Records} records: {Number("loaded")} loaded, {Number("unchanged")} unchanged, {Number("superseded")} superseded, {Refused} refused";

    /// <summary>Exit code 0 where every record was taken, else 1.</summary>
    public int ExitCode => Refused == 0 ? Running.ExitCode.Done : Running.ExitCode.Refused;

    /// <summary>Reads an answer.</summary>
    /// <exception cref="CannotRunException">It is no acknowledgement.</exception>
    public static Acknowledgement Of(Answer answer)
    {
        var acknowledgement = new Acknowledgement(answer);
        return acknowledgement._answer.Text("resourceType") == "Parameters"
            ? acknowledgement
            : throw new CannotRunException("the answer is not an acknowledgement.");
    }

    /// <summary>The faults of that severity: where, plan or person, element or column, and what to do.</summary>
    public IEnumerable<IReadOnlyList<string>> Faults(string severity) =>
        from record in _answer.AllNamed("record")
        from issue in record.AllNamed("issue")
        where issue.ValueText("severity") == severity
        select (string[])
            [
                PositionOf(record, issue),
                issue.ValueText("plan") ?? record.ValueText("local-id") ?? "",
                issue.ValueText("element") ?? "",
                issue.ValueText("text") ?? "",
            ];

    /// <summary>An object for each record, then the numbers.</summary>
    public IEnumerable<JsonObject> ToJson(string file)
    {
        foreach (var record in _answer.AllNamed("record"))
            yield return new JsonObject
            {
                ["position"] = record.ValueText("position"),
                ["verdict"] = record.Value("verdict").Text("code"),
                ["effect"] = record.ValueText("effect"),
                ["localId"] = record.ValueText("local-id"),
                ["plans"] = new JsonArray([.. record.AllNamed("plan").Select(plan => (JsonNode?)plan.ValueText("id"))]),
                ["issues"] = new JsonArray([
                    .. record
                        .AllNamed("issue")
                        .Select(issue => new JsonObject
                        {
                            ["severity"] = issue.ValueText("severity"),
                            ["position"] = PositionOf(record, issue),
                            ["plan"] = issue.ValueText("plan"),
                            ["element"] = issue.ValueText("element"),
                            ["rule"] = issue.ValueText("rule"),
                            ["text"] = issue.ValueText("text"),
                        }),
                ]),
            };
        yield return new JsonObject
        {
            ["summary"] = new JsonObject
            {
                ["file"] = file,
                ["sequence"] = Sequence,
                ["made"] = Made,
                ["dryRun"] = IsDryRun,
                ["verdict"] = _answer.Value("verdict").Text("code"),
                ["records"] = Records,
                ["loaded"] = Number("loaded"),
                ["unchanged"] = Number("unchanged"),
                ["superseded"] = Number("superseded"),
                ["refused"] = Refused,
            },
        };
    }

    /// <summary>In CSV each fault has its row; else it is where its record is.</summary>
    private static string PositionOf(JsonElement record, JsonElement issue) =>
        issue.ValueText("place") is { } place && place.StartsWith("row ", StringComparison.Ordinal)
            ? place.Split(',')[0]
            : record.ValueText("position") ?? "";

    private long Number(string name) => _answer.ValueNumber(name) ?? 0;
}
