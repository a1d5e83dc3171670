using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The page of a naming system: the URIs that stand for it.</summary>
internal static class NamingSystemPage
{
    /// <summary>The page.</summary>
    public static Html Of(Artefact artefact)
    {
        var system = artefact.Read();
        return Html.Of(
            $"""
            {ArtefactHead.Of(artefact, ("Kind", Html.Of($"{system.Text("kind")}")))}
            {new PageTable(
                "Identifiers of the system",
                ["Value", "Type", "Note"],
                [
                    .. system
                        .Items("uniqueId")
                        .Select(id => new PageRow(
                            ArtefactHead.Code(id.Text("value")),
                            Html.Of($"{id.Text("type")}{(id.IsTrue("preferred") ? ", preferred" : "")}"),
                            Html.Of($"{id.Text("comment")}")
                        )),
                ]
            ).Markup}
            """
        );
    }
}
