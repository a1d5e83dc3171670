using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Forms;

/// <summary>A child and a plan of it as a person gives them.</summary>
/// <param name="Authority">ODS code of the authority.</param>
/// <param name="Number">NHS number; for an unborn plan the mother's.</param>
/// <param name="Family">Family name.</param>
/// <param name="Given">Given names, at least one.</param>
/// <param name="Born">Date of birth.</param>
/// <param name="LocalId">The authority's own person id, or null.</param>
/// <param name="PlanId">The authority's plan id.</param>
/// <param name="Type">The type of the plan.</param>
/// <param name="Start">First day.</param>
/// <param name="End">Last day that is foreseen, or the due date; null for none.</param>
/// <param name="IsProtected">True to hide the plan from others (a family in flight).</param>
internal sealed record NewChild(
    string Authority,
    NhsNumber Number,
    string Family,
    IReadOnlyList<string> Given,
    DateOnly Born,
    string? LocalId,
    string PlanId,
    PlanType Type,
    DateOnly Start,
    DateOnly? End,
    bool IsProtected
)
{
    /// <summary>What will be stored, a line each, as a person reads it. Days are London days.</summary>
    public IEnumerable<(string What, string Value)> Lines =>
        new (string, string?)[]
        {
            ("NHS number", Number.Digits),
            ("Name", string.Join(' ', Given.Append(Family))),
            ("Born", Read(Born)),
            ("Your person id", LocalId),
            ("Plan", $"{PlanId}: {Type.Display}"),
            ("From", Read(Start)),
            (Type.EndIsDueDate ? "Due" : "Until", End is { } end ? Read(end) : null),
            ("Protected", IsProtected ? "yes: others see only that a protected record is held" : null),
        }
            .Where(line => line.Item2 is not null)
            .Select(line => (line.Item1, line.Item2!));

    /// <summary>What of it differs from the child that is held.</summary>
    public IEnumerable<string> DifferencesFrom(HeldChild held)
    {
        if (!held.Given.SequenceEqual(Given) || held.Family != Family)
            yield return $"name: {held.Name} -> {string.Join(' ', Given.Append(Family))}";
        if (held.BirthDate != Text(Born))
            yield return $"born: {held.BirthDate} -> {Text(Born)}";
        if (held.LocalId.Length > 0 && held.LocalId != LocalId)
            yield return $"your person id: {held.LocalId} -> {LocalId}";
    }

    /// <summary>The form.</summary>
    public JsonObject ToForm()
    {
        var child = FormEntry.NewUrl();
        return FormEntry.Form(
            new FormEntry(child, Patient(), FhirSystems.NhsNumber, Number.Digits),
            new FormEntry(FormEntry.NewUrl(), Episode(child), PlanSystem, PlanId)
        );
    }

    private string PlanSystem => FhirSystems.PlanId(OdsCode.Parse(Authority));

    private JsonObject Patient() =>
        new()
        {
            ["resourceType"] = "Patient",
            ["identifier"] = LocalId is null
                ? new JsonArray(Identifier(FhirSystems.NhsNumber, Number.Digits))
                : new JsonArray(
                    Identifier(FhirSystems.NhsNumber, Number.Digits),
                    Identifier(FhirSystems.LocalPersonId(OdsCode.Parse(Authority)), LocalId)
                ),
            ["name"] = new JsonArray(
                new JsonObject
                {
                    ["family"] = Family,
                    ["given"] = new JsonArray([.. Given.Select(given => (JsonNode)given)]),
                }
            ),
            ["birthDate"] = Text(Born),
        };

    private JsonObject Episode(string child)
    {
        var period = new JsonObject { ["start"] = Text(Start) };
        if (End is { } end)
            period["end"] = Text(end);
        var episode = new JsonObject
        {
            ["resourceType"] = "EpisodeOfCare",
            ["identifier"] = new JsonArray(Identifier(PlanSystem, PlanId)),
            ["status"] = "active",
            ["type"] = new JsonArray(
                new JsonObject
                {
                    ["coding"] = new JsonArray(
                        new JsonObject { ["system"] = FhirSystems.Snomed, ["code"] = Type.Code }
                    ),
                }
            ),
            ["patient"] = new JsonObject
            {
                ["reference"] = child,
                ["identifier"] = Identifier(FhirSystems.NhsNumber, Number.Digits),
            },
            ["managingOrganization"] = new JsonObject
            {
                ["identifier"] = Identifier(FhirSystems.OdsOrganisation, Authority),
            },
            ["period"] = period,
        };
        if (IsProtected)
            episode["meta"] = new JsonObject
            {
                ["security"] = new JsonArray(
                    new JsonObject { ["system"] = FhirSystems.Confidentiality, ["code"] = "V" }
                ),
            };
        return episode;
    }

    private static JsonObject Identifier(string system, string value) =>
        new() { ["system"] = system, ["value"] = value };

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Read(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
