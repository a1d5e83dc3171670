using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>One attendance on an authority's work-list, or one missed appointment or inactive number.</summary>
/// <param name="Id">Its id, with which it is taken.</param>
/// <param name="Reference">The same, short enough to say on the telephone.</param>
/// <param name="Opened">When the child came, as the exchange wrote it.</param>
/// <param name="NhsNumber">The child; an empty text where the exchange does not say.</param>
/// <param name="Setting">ODS code of where the child is.</param>
/// <param name="SettingName">Its name.</param>
/// <param name="Notices">Those that were asked for, oldest first; at least one.</param>
/// <param name="AsOf">When the list was read.</param>
internal sealed record WaitingAttendance(
    string Id,
    string Reference,
    string Opened,
    string NhsNumber,
    string Setting,
    string SettingName,
    IReadOnlyList<WaitingNotice> Notices,
    DateTimeOffset AsOf
) : IWaiting
{
    private static readonly string[] States = ["untold", "told", "taken"];

    /// <summary>What <see cref="Cells"/> are.</summary>
    public static IReadOnlyList<string> Headings { get; } =
    ["Age", "About", "NHS number", "At", "Reference", "Plans", "State", "Taken by"];

    /// <summary>What it is about: the code of its topic.</summary>
    public string Topic { get; init; } = "";

    /// <summary>When the child was expected, where it did not come; else null.</summary>
    public string? Appointment { get; init; }

    /// <summary>The phone of where it was expected; else null.</summary>
    public string? SettingPhone { get; init; }

    /// <summary>That of the notice which has come the least far: nobody is to think that all is done.</summary>
    public string State => Notices.MinBy(notice => Array.IndexOf(States, notice.State))!.State;

    /// <inheritdoc />
    public IEnumerable<string> Keys => Notices.Select(notice => notice.Key);

    /// <summary>Since the oldest of its notices.</summary>
    private TimeSpan? Waited => Notices.Min(notice => notice.Time) is { } oldest ? AsOf - oldest : null;

    private IEnumerable<string> PlanCodes => Notices.SelectMany(notice => notice.PlanCodes).Distinct();

    private string TakenBy => string.Join(", ", Notices.Select(notice => notice.TakenBy).OfType<string>().Distinct());

    /// <inheritdoc />
    public IReadOnlyList<string> Cells =>
        [
            Waited is { } waited ? Age.Of(waited) : "",
            Topic,
            NhsNumber,
            SettingName.Length > 0 ? SettingName : Setting,
            Reference,
            string.Join(", ", PlanCodes.Select(code => PlanTypes.FromCode(code)?.Display ?? code)),
            State,
            TakenBy,
        ];

    /// <summary>Reads the parameter.</summary>
    public static WaitingAttendance Of(JsonElement attendance, DateTimeOffset asOf) =>
        new(
            attendance.ValueText("id") ?? "",
            attendance.ValueText("reference") ?? "",
            attendance.ValueText("opened") ?? "",
            attendance.Value("child").Text("value") ?? "",
            attendance.Value("setting").Text("value") ?? "",
            attendance.ValueText("settingName") ?? "",
            [.. attendance.AllNamed("notice").Select(WaitingNotice.Of)],
            asOf
        )
        {
            Topic = attendance.ValueText("topic") ?? "",
            Appointment = attendance.ValueText("appointment"),
            SettingPhone = attendance.ValueText("settingPhone"),
        };

    /// <inheritdoc />
    public JsonObject ToJson() =>
        new()
        {
            ["id"] = Id,
            ["reference"] = Reference,
            ["topic"] = Topic,
            ["opened"] = Opened,
            ["appointment"] = Appointment,
            ["ageSeconds"] = Waited is { } waited ? (long)waited.TotalSeconds : null,
            ["nhsNumber"] = NhsNumber.Length > 0 ? NhsNumber : null,
            ["setting"] = Setting,
            ["settingName"] = SettingName,
            ["settingPhone"] = SettingPhone,
            ["state"] = State,
            ["plans"] = new JsonArray([.. PlanCodes.Select(code => (JsonNode)WaitingNotice.PlanName(code))]),
            ["notices"] = new JsonArray([.. Notices.Select(notice => (JsonNode)notice.ToJson())]),
            ["asOf"] = Instant.Text(AsOf),
        };
}
