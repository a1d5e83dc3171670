using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The page of a search parameter: where it is used and what it looks at.</summary>
internal static class SearchParameterPage
{
    /// <summary>The page.</summary>
    public static Html Of(Artefact artefact)
    {
        var parameter = artefact.Read();
        var code = parameter.Text("code");
        return ArtefactHead.Of(
            artefact,
            (
                "Used as",
                Html.Join(
                    parameter.Texts("base").Select(type => Html.Of($"{ArtefactHead.Code($"{type}?{code}=...")}<br>"))
                )
            ),
            ("Type", Html.Of($"{parameter.Text("type")}")),
            ("Looks at", ArtefactHead.Code(parameter.Text("expression"))),
            (
                "Several values",
                Html.Of($"{(parameter.IsTrue("multipleOr") ? "yes, with commas: one must match" : "no")}")
            ),
            ("Several times", Html.Of($"{(parameter.IsTrue("multipleAnd") ? "yes: all must match" : "no")}"))
        );
    }
}
