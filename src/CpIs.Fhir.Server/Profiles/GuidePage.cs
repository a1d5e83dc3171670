using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The page of the ImplementationGuide: everything in the package.</summary>
internal sealed class GuidePage(Artefact artefact, ArtefactSet artefacts, ArtefactLinks links, ExampleLibrary examples)
{
    /// <summary>The page.</summary>
    public Html Markup
    {
        get
        {
            var guide = artefact.Read();
            return Html.Of(
                $"""
                {ArtefactHead.Of(
                    artefact,
                    ("Package", ArtefactHead.Code($"{guide.Text("packageId")}#{guide.Text("version")}")),
                    ("Licence", Html.Of($"{guide.Text("license")}")),
                    ("Needs", Html.Join(guide.Items("dependsOn").Select(d => ArtefactHead.Code($"{d.Text("packageId")}#{d.Text("version")}"))))
                )}
                <h2 class="nhsuk-heading-m">Contents</h2>
                {new PageTable("What is in the package", ["Artefact", "Type", "What it is"], [.. guide.GetProperty("definition").Items("resource").Select(Row)]).Markup}
                """
            );
        }
    }

    private PageRow Row(JsonElement resource)
    {
        var reference = resource.GetProperty("reference").Text("reference")!;
        var slash = reference.IndexOf('/', StringComparison.Ordinal);
        var (type, id) = (reference[..slash], reference[(slash + 1)..]);
        var name = resource.Text("name") ?? id;
        return new PageRow(
            artefacts.Find(type, id) is { } own ? ArtefactLinks.To(own)
                : examples.FindGood(reference) is { } example ? ArtefactLinks.To(ArtefactLinks.Page(example), name)
                : Html.Of($"{name}"),
            Html.Of($"{type}"),
            resource.Text("exampleCanonical") is { } profile
                ? Html.Of($"Example of {links.Canonical(profile)}")
                : Html.Of($"{resource.Text("description")}")
        );
    }
}
