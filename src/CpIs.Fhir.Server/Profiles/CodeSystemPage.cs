using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The page of a code system: its codes, each with a place that links lead to.</summary>
internal static class CodeSystemPage
{
    /// <summary>The page.</summary>
    public static Html Of(Artefact artefact)
    {
        var system = artefact.Read();
        var codes = Flatten(system).ToList();
        var defined = codes.Any(code => code.Text("definition") is not null);
        return Html.Of(
            $"""
            {ArtefactHead.Of(artefact, ("Content", Html.Of($"{Content(system.Text("content"))}")))}
            <h2 class="nhsuk-heading-m">Codes</h2>
            {new PageTable(
                "Codes of this system",
                defined ? ["Code", "Display", "Definition"] : ["Code", "Display"],
                [.. codes.Select(code => Row(code, defined))]
            ).Markup}
            """
        );
    }

    private static PageRow Row(JsonElement code, bool defined)
    {
        var display = Html.Of($"{code.Text("display")}");
        var id = code.Text("code")!;
        return new PageRow(
            ArtefactHead.Code(id),
            defined ? [display, Html.Of($"{code.Text("definition")}")] : [display]
        )
        {
            Id = id,
        };
    }

    private static IEnumerable<JsonElement> Flatten(JsonElement holder) =>
        holder.Items("concept").SelectMany(concept => Flatten(concept).Prepend(concept));

    private static string Content(string? content) =>
        content switch
        {
            "complete" => "complete: it has no other codes",
            "fragment" => "a fragment: the codes that matter here; its owner has more",
            _ => content ?? "",
        };
}
