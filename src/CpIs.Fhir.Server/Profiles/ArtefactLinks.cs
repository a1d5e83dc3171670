using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>Links from page to page, and to the pages of FHIR R4 for what is defined there.</summary>
internal sealed class ArtefactLinks(ArtefactSet artefacts, IDefinitions definitions)
{
    /// <summary>Where the pages begin.</summary>
    public const string Pages = "/profiles";

    private const string R4 = "http://hl7.org/fhir/R4/";
    private const string R4ValueSets = "http://hl7.org/fhir/ValueSet/";

    /// <summary>Address of the page of an artefact.</summary>
    public static string Page(Artefact artefact) => $"{Pages}/{artefact.Type}/{artefact.Id}";

    /// <summary>Address of an artefact as JSON.</summary>
    public static string Json(Artefact artefact) => Page(artefact) + ".json";

    /// <summary>Address of an artefact by FHIR's REST; null for a type that is not read there.</summary>
    public static string? Rest(Artefact artefact) =>
        ArtefactParameters.Types.Contains(artefact.Type)
            ? $"{ExchangeUrls.FhirPath}/{artefact.Type}/{artefact.Id}"
            : null;

    /// <summary>Address of the page of an example.</summary>
    public static string Page(Example example) => $"{Pages}/examples/{example.Path}";

    /// <summary>A link.</summary>
    public static Html To(string address, string text) => Html.Of($"""<a href="{address}">{text}</a>""");

    /// <summary>A link to the page of an artefact.</summary>
    public static Html To(Artefact artefact) => To(Page(artefact), artefact.Title);

    /// <summary>What a canonical stands for, as a link where there is a page: ours, or that of FHIR R4.</summary>
    /// <param name="canonical">Perhaps with version.</param>
    /// <param name="text">What the link says; null for the canonical.</param>
    public Html Canonical(string canonical, string? text = null)
    {
        var url = Canonicals.WithoutVersion(canonical);
        if (artefacts.FindCanonical(url) is { } own)
            return To(Page(own), text ?? own.Title);
        return R4Page(url) is { } page
            ? Html.Of(
                $"""<a href="{R4 + page}"{(text is null ? new Html(" class=\"cpis-code\"") : Html.None)}>{text ?? url}</a>"""
            )
            : Html.Of($"<code class=\"cpis-code\">{text ?? url}</code>");
    }

    private string? R4Page(string url) =>
        url.StartsWith(R4ValueSets, StringComparison.Ordinal) ? $"valueset-{url[R4ValueSets.Length..]}.html"
        : url.StartsWith(Canonicals.R4, StringComparison.Ordinal) && definitions.FindStructure(url) is { } known
            ? known switch
            {
                { IsProfile: true, Type: "Extension" } => $"extension-{url[Canonicals.R4.Length..]}.html",
                { IsProfile: false, Kind: "resource" } => $"{known.Type.ToLowerInvariant()}.html",
                _ => null,
            }
        : null;
}
