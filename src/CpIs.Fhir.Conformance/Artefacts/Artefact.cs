using System.Collections.Frozen;
using System.Text.Json;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>One published artefact: a profile, a value set, an operation and the like. Its head is available, the rest is read when asked for.</summary>
/// <param name="Type">Resource type, such as <c>StructureDefinition</c>.</param>
/// <param name="Id">Its id, unique within the type.</param>
/// <param name="Url">Canonical; null for a NamingSystem, which has none in R4.</param>
/// <param name="Version">Business version; null where it has none.</param>
/// <param name="Name">Computer-friendly name.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Status">Such as <c>draft</c>.</param>
/// <param name="Description">What it is for, in a few sentences.</param>
/// <param name="IsExtension">True for the StructureDefinition of an extension.</param>
public sealed record Artefact(
    string Type,
    string Id,
    string? Url,
    string? Version,
    string Name,
    string Title,
    string Status,
    string Description,
    bool IsExtension
)
{
    // A topic of R5 travels in R4 as a Basic whose extensions have the names of the elements that they stand for.
    private const string Topic = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.";

    private Func<ReadOnlyMemory<byte>> Content { get; init; } = () => default;

    /// <summary>What it is found by: values by the code of the search parameter.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<string>> Values { get; private init; } =
        FrozenDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>What it is for, in one sentence.</summary>
    public string Purpose =>
        Description.IndexOf(". ", StringComparison.Ordinal) is var end and >= 0
            ? Description[..(end + 1)]
            : Description;

    /// <summary>Reads the head of an artefact.</summary>
    /// <param name="json">Gives the whole artefact, each time it is asked.</param>
    public static Artefact Of(Func<ReadOnlyMemory<byte>> json)
    {
        using var document = JsonDocument.Parse(json());
        var root = document.RootElement;
        string? Head(string name, string value) =>
            root.Text(name) ?? root.ExtensionsOf(Topic + name).Select(e => e.Text(value)).FirstOrDefault();
        var id = root.Text("id") ?? "";
        var name = root.Text("name") ?? id;
        return new Artefact(
            root.Text("resourceType") ?? "",
            id,
            Head("url", "valueUri"),
            Head("version", "valueString"),
            name,
            Head("title", "valueString") ?? name,
            Head("status", "valueCode") ?? "",
            Head("description", "valueMarkdown") ?? "",
            root.Text("type") == "Extension"
        )
        {
            Content = json,
            Values = ArtefactParameters.ValuesOf(root),
        };
    }

    /// <summary>The whole artefact as it is published.</summary>
    public ReadOnlyMemory<byte> Json() => Content();

    /// <summary>The whole artefact, parsed again.</summary>
    public JsonElement Read()
    {
        using var document = JsonDocument.Parse(Json());
        return document.RootElement.Clone();
    }
}
