using System.Text.Json.Nodes;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Forms;

/// <summary>One resource of a form, known by its identifier.</summary>
/// <param name="Url">By which other entries refer to it.</param>
/// <param name="Resource">The resource.</param>
/// <param name="System">System of its identifier.</param>
/// <param name="Value">Value of its identifier.</param>
internal sealed record FormEntry(string Url, JsonObject Resource, string System, string Value)
{
    /// <summary>The version that must be current; null for whichever is.</summary>
    public int? Version { get; init; }

    /// <summary>A URL that no other entry has.</summary>
    public static string NewUrl() => $"urn:uuid:{Guid.NewGuid():D}";

    /// <summary>A form of these entries: a transaction with the tag that says so.</summary>
    public static JsonObject Form(params IEnumerable<FormEntry> entries) =>
        new()
        {
            ["resourceType"] = "Bundle",
            ["meta"] = new JsonObject
            {
                ["tag"] = new JsonArray(new JsonObject { ["system"] = FhirSystems.UploadOrigin, ["code"] = "form" }),
            },
            ["type"] = "transaction",
            ["entry"] = new JsonArray([.. entries.Select(entry => entry.ToJson())]),
        };

    private JsonObject ToJson()
    {
        var request = new JsonObject
        {
            ["method"] = "PUT",
            ["url"] =
                $"{Resource["resourceType"]}?identifier={Uri.EscapeDataString(System)}|{Uri.EscapeDataString(Value)}",
        };
        if (Version is { } version)
            request["ifMatch"] = $"W/\"{version}\"";
        return new JsonObject
        {
            ["fullUrl"] = Url,
            ["resource"] = Resource,
            ["request"] = request,
        };
    }
}
