using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The page of a CapabilityStatement: what a system does with each type of resource.</summary>
internal sealed class CapabilityPage(Artefact artefact, ArtefactLinks links)
{
    private const string Expectation = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation";

    /// <summary>The page.</summary>
    public Html Markup =>
        Html.Of($"{ArtefactHead.Of(artefact)}{Html.Join(artefact.Read().Items("rest").Select(Rest))}");

    private Html Rest(JsonElement rest) =>
        Html.Of(
            $"""
            <h2 class="nhsuk-heading-m">As a {rest.Text("mode")}</h2>
            {(rest.TryGetProperty("security", out var security) ? ArtefactHead.Paragraphs(security.Text("description") ?? "") : Html.None)}
            {new PageTable(
                "Interactions with the whole system",
                ["Interaction", "What for"],
                [
                    .. rest.Items("interaction")
                        .Concat(rest.Items("operation"))
                        .Select(each => new PageRow(Named(each, each.Text("code") ?? each.Text("name")!), Said(each))),
                ]
            ).Markup}
            {new PageTable(
                "Resource types",
                ["Type", "Profiles", "Interactions", "Searched by", "Operations"],
                [.. rest.Items("resource").Select(Resource)]
            ).Markup}
            """
        );

    private PageRow Resource(JsonElement resource) =>
        new(
            Html.Of($"{Named(resource, resource.Text("type")!)}{Said(resource)}"),
            Lines(resource.Texts("supportedProfile").Select(url => links.Canonical(url))),
            Lines(
                resource.Items("interaction").Select(each => Html.Of($"{Named(each, each.Text("code")!)}{Said(each)}"))
            ),
            Lines(resource.Items("searchParam").Select(SearchParameter)),
            Lines(
                resource
                    .Items("operation")
                    .Select(each =>
                        Html.Of(
                            $"{links.Canonical(each.Text("definition")!, "$" + each.Text("name"))}{Must(each)}{Said(each)}"
                        )
                    )
            )
        );

    // Only our own parameters have a page here.
    private Html SearchParameter(JsonElement parameter) =>
        Html.Of(
            $"{links.Canonical(parameter.Text("definition")!, parameter.Text("name"))} ({parameter.Text("type")}){Must(parameter)}{Said(parameter)}"
        );

    private static Html Named(JsonElement each, string name) => Html.Of($"{name}{Must(each)}");

    // SHALL, SHOULD or MAY, where the statement says so.
    private static Html Must(JsonElement each) =>
        each.ExtensionsOf(Expectation).Select(e => e.Text("valueCode")).FirstOrDefault() is { } must
            ? Html.Of($" <strong>{must}</strong>")
            : Html.None;

    private static Html Said(JsonElement each) =>
        each.Text("documentation") is { } text ? Html.Of($"<p>{text}</p>") : Html.None;

    private static Html Lines(IEnumerable<Html> lines) =>
        Html.Join(lines.Select(line => Html.Of($"<div>{line}</div>")));
}
