using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Records;

/// <summary>A plan as one authority holds it.</summary>
/// <param name="Resource">The EpisodeOfCare, as the exchange gave it.</param>
/// <param name="Child">Whose it is; null where the exchange did not show the Patient.</param>
internal sealed record HeldPlan(JsonElement Resource, HeldChild? Child) : IRow
{
    /// <summary>What <see cref="Cells"/> are.</summary>
    public static IReadOnlyList<string> Headings { get; } =
    ["Plan id", "Plan", "Child", "Period", "Status", "Protected"];

    /// <summary>Id of the EpisodeOfCare.</summary>
    public string Id => Resource.Text("id") ?? "";

    /// <summary>Its version.</summary>
    public int Version => Resource.Version();

    /// <summary>The authority's own plan id.</summary>
    public string PlanId => Resource.Identifier(FhirSystems.PlanIds);

    /// <summary>SNOMED CT code of its type.</summary>
    public string TypeCode => Resource.List("type").FirstOrDefault().List("coding").FirstOrDefault().Text("code") ?? "";

    /// <summary>Its type, or null where this tool does not know the code.</summary>
    public PlanType? Type => PlanTypes.FromCode(TypeCode);

    /// <summary><c>active</c>, <c>finished</c> or <c>entered-in-error</c>.</summary>
    public string Status => Resource.Text("status") ?? "";

    /// <summary>First day, as the authority sent it.</summary>
    public string Start => Resource.At("period").Text("start") ?? "";

    /// <summary>Last day, or the due date; an empty text while open.</summary>
    public string End => Resource.At("period").Text("end") ?? "";

    /// <summary>The child's NHS number (of an unborn plan, the mother's).</summary>
    public string NhsNumber => Resource.At("patient").NhsNumber();

    /// <summary>True for one of which others see only that a protected record is held.</summary>
    public bool IsProtected =>
        Resource
            .At("meta")
            .List("security")
            .Any(label => label.Text("system") == FhirSystems.Confidentiality && label.Text("code") == "V");

    /// <summary>Its type in words; the code where this tool does not know it.</summary>
    public string TypeText => Type?.Display ?? TypeCode;

    /// <summary>Whose it is, in words.</summary>
    public string Whose => Child is { } child ? $"{NhsNumber} {child.Name}, born {child.BirthDate}" : NhsNumber;

    /// <inheritdoc />
    public IReadOnlyList<string> Cells => [PlanId, TypeText, Whose, Period, Status, IsProtected ? "yes" : ""];

    /// <summary>A few words that tell it from the child's other plans.</summary>
    public string Short => $"{PlanId} ({TypeText}, {Status}, {Period})";

    private string Period => End.Length > 0 ? $"{Start} to {End}" : Start;

    /// <summary>The search parameter that brings the children along.</summary>
    public static (string Name, string Value) WithChildren => ("_include", "EpisodeOfCare:patient");

    /// <summary>Plans of a page that was searched <see cref="WithChildren"/>.</summary>
    public static IReadOnlyList<HeldPlan> Of(Found page)
    {
        var children = page.Included.Select(HeldChild.Of).ToLookup(child => child.NhsNumber);
        return
        [
            .. page.Resources.Select(episode => new HeldPlan(
                episode,
                children[episode.At("patient").NhsNumber()].FirstOrDefault()
            )),
        ];
    }

    /// <inheritdoc />
    public JsonObject ToJson() =>
        new()
        {
            ["id"] = Id,
            ["version"] = Version,
            ["planId"] = PlanId,
            ["type"] = Type is { } type ? PlanTypeNames.Of(type) : TypeCode,
            ["status"] = Status,
            ["protected"] = IsProtected,
            ["start"] = Start,
            ["end"] = End.Length > 0 ? End : null,
            ["nhsNumber"] = NhsNumber,
            ["family"] = Child?.Family,
            ["given"] = Child is null ? null : new JsonArray([.. Child.Given.Select(given => (JsonNode)given)]),
            ["birthDate"] = Child?.BirthDate,
            ["lastUpdated"] = Resource.LastUpdated(),
        };
}
