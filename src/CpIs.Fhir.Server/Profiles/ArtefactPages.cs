using System.Collections.Concurrent;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>Which page shows which artefact.</summary>
internal sealed class ArtefactPages(ArtefactSet artefacts, ExampleLibrary examples, ConformanceSet conformance)
{
    private readonly ArtefactLinks _links = new(artefacts, conformance.Definitions);

    // The page of a large profile takes some 20 ms to make, and anyone may ask for it: so each is made once, about 5 MB for all.
    private readonly ConcurrentDictionary<(string Type, string Id), Lazy<Html>> _made = [];

    /// <summary>The page of an artefact.</summary>
    public Page Of(Artefact artefact) =>
        new(
            $"{artefact.Title} - Profiles",
            _made.GetOrAdd((artefact.Type, artefact.Id), _ => new Lazy<Html>(() => Content(artefact))).Value,
            above: Way(artefact.Title)
        );

    /// <summary>The page of an example.</summary>
    public Page Of(Example example)
    {
        var page = new ExamplePage(example, conformance.Validator, _links);
        return new Page($"{page.Title} - Profiles", page.Markup, above: Way(example.Words));
    }

    private Html Content(Artefact artefact) =>
        artefact.Type switch
        {
            "StructureDefinition" => new ProfilePage(
                artefact,
                ProfileView.Of(artefact, conformance.Definitions),
                _links,
                examples
            ).Markup,
            "ValueSet" => new ValueSetPage(artefact, artefacts, conformance.Definitions, _links).Markup,
            "CodeSystem" => CodeSystemPage.Of(artefact),
            "SearchParameter" => SearchParameterPage.Of(artefact),
            "OperationDefinition" => new OperationPage(artefact, _links).Markup,
            "CapabilityStatement" => new CapabilityPage(artefact, _links).Markup,
            "NamingSystem" => NamingSystemPage.Of(artefact),
            "ImplementationGuide" => new GuidePage(artefact, artefacts, _links, examples).Markup,
            "Basic" => TopicPage.Of(artefact),
            _ => ArtefactHead.Of(artefact),
        };

    private static Html Way(string here) =>
        Html.Of(
            $"""
            <nav class="nhsuk-breadcrumb" aria-label="Breadcrumb"><ol class="nhsuk-breadcrumb__list">
            <li class="nhsuk-breadcrumb__list-item"><a class="nhsuk-breadcrumb__link" href="{ArtefactLinks.Pages}">Profiles</a></li>
            <li class="nhsuk-breadcrumb__list-item" aria-current="page">{here}</li>
            </ol></nav>
            """
        );
}
