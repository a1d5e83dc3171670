using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Records;

/// <summary>A child as one authority holds it.</summary>
/// <param name="Id">Id of the Patient.</param>
/// <param name="Version">Its version.</param>
/// <param name="NhsNumber">Ten digits.</param>
/// <param name="Family">Family name.</param>
/// <param name="Given">Given names.</param>
/// <param name="BirthDate">Date of birth.</param>
/// <param name="LocalId">The authority's own person id, or an empty text.</param>
internal sealed record HeldChild(
    string Id,
    int Version,
    string NhsNumber,
    string Family,
    IReadOnlyList<string> Given,
    string BirthDate,
    string LocalId
) : IRow
{
    /// <summary>What <see cref="Cells"/> are.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["NHS number", "Name", "Born", "Local id"];

    /// <summary>Given names and family name.</summary>
    public string Name => string.Join(' ', Given.Append(Family));

    /// <inheritdoc />
    public IReadOnlyList<string> Cells => [NhsNumber, Name, BirthDate, LocalId];

    /// <summary>Reads a Patient.</summary>
    public static HeldChild Of(JsonElement patient)
    {
        var name = patient.List("name").FirstOrDefault();
        return new HeldChild(
            patient.Text("id") ?? "",
            patient.Version(),
            patient.Identifier(FhirSystems.NhsNumber),
            name.Text("family") ?? "",
            [.. name.List("given").Select(given => given.ToString())],
            patient.Text("birthDate") ?? "",
            patient.Identifier(FhirSystems.LocalPersonIds)
        );
    }

    /// <inheritdoc />
    public JsonObject ToJson() =>
        new()
        {
            ["id"] = Id,
            ["version"] = Version,
            ["nhsNumber"] = NhsNumber,
            ["family"] = Family,
            ["given"] = new JsonArray([.. Given.Select(given => (JsonNode)given)]),
            ["birthDate"] = BirthDate,
            ["localId"] = LocalId.Length > 0 ? LocalId : null,
        };
}
