using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>A record that a person had changed by form, and of which the case system said otherwise since.</summary>
/// <param name="Record">Reference of the record.</param>
/// <param name="NhsNumber">The child.</param>
/// <param name="PlanId">The plan; an empty text where it is the person's name or date of birth.</param>
/// <param name="By">Who sent the form.</param>
/// <param name="Sent">When, as the exchange wrote it.</param>
/// <param name="Overridden">When the case system's upload was stored, as the exchange wrote it.</param>
/// <param name="Said">The sentence of the exchange.</param>
internal sealed record ChangedByForm(
    string Record,
    string NhsNumber,
    string PlanId,
    string By,
    string Sent,
    string Overridden,
    string Said
) : IWaiting
{
    /// <summary>What <see cref="Cells"/> are.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["NHS number", "Plan", "What"];

    /// <inheritdoc />
    public IEnumerable<string> Keys => [$"{Record}/{Overridden}"];

    /// <inheritdoc />
    public IReadOnlyList<string> Cells => [NhsNumber, PlanId.Length > 0 ? PlanId : "(name, date of birth)", Said];

    /// <summary>Reads the parameter.</summary>
    public static ChangedByForm Of(JsonElement changed) =>
        new(
            changed.Value("record").Text("reference") ?? "",
            changed.Value("child").Text("value") ?? "",
            changed.Value("plan").Text("value") ?? "",
            changed.ValueText("by") ?? "",
            changed.ValueText("sent") ?? "",
            changed.ValueText("overridden") ?? "",
            changed.ValueText("said") ?? ""
        );

    /// <inheritdoc />
    public JsonObject ToJson() =>
        new()
        {
            ["changedByForm"] = Said,
            ["record"] = Record,
            ["nhsNumber"] = NhsNumber,
            ["planId"] = PlanId.Length > 0 ? PlanId : null,
            ["by"] = By,
            ["sent"] = Sent,
            ["overridden"] = Overridden,
        };
}
