using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The page of a value set: which codes belong to it, and which elements take their codes from it.</summary>
internal sealed class ValueSetPage(
    Artefact artefact,
    ArtefactSet artefacts,
    IDefinitions definitions,
    ArtefactLinks links
)
{
    /// <summary>The page.</summary>
    public Html Markup
    {
        get
        {
            var valueSet = definitions.FindValueSet(artefact.Url!)!;
            return Html.Of(
                $"""
                {ArtefactHead.Of(artefact)}
                <h2 class="nhsuk-heading-m">Codes</h2>
                {Html.Join(valueSet.Include.Select(part => Part(part, "Codes that belong to it")))}
                {Html.Join(valueSet.Exclude.Select(part => Part(part, "Codes that do not belong to it")))}
                {Uses()}
                """
            );
        }
    }

    private Html Part(ConceptSetModel part, string caption)
    {
        var system = part.System is null ? null : definitions.FindCodeSystem(part.System);
        var (concepts, scope) =
            part.Concepts.Count > 0 ? (part.Concepts, "These codes of ")
            : part.Filters.Count > 0 ? ([], "Codes that pass the filters of ")
            : (system?.Concepts ?? [], "All codes of ");
        return Html.Of(
            $"""
            {(part.System is null ? Html.None : Html.Of($"<p>{scope}{links.Canonical(part.System)}.</p>"))}
            {(part.ValueSets.Count == 0 ? Html.None : Html.Of($"<p>What is in {Html.Join(part.ValueSets.Select(url => Html.Of($"{links.Canonical(url)} ")))}</p>"))}
            {Filters(part)}
            {new PageTable(
                caption,
                ["Code", "Display"],
                [.. concepts.Select(concept => new PageRow(ArtefactHead.Code(concept.Code), Html.Of($"{concept.Display}")))]
            ).Markup}
            """
        );
    }

    private static Html Filters(ConceptSetModel part) =>
        new PageTable(
            "Filters, which must all hold",
            ["Property", "Filter", "Value"],
            [
                .. part.Filters.Select(filter => new PageRow(
                    ArtefactHead.Code(filter.Property),
                    Html.Of($"{filter.Operator}"),
                    ArtefactHead.Code(filter.Value)
                )),
            ]
        ).Markup;

    private Html Uses()
    {
        var uses = artefacts
            .OfType("StructureDefinition")
            .SelectMany(profile =>
                definitions
                    .FindStructure(profile.Url!)!
                    .Elements.Where(element =>
                        element.Max != 0
                        && element.Binding?.ValueSet is { } valueSet
                        && Canonicals.WithoutVersion(valueSet) == artefact.Url
                    )
                    .Select(element => (profile, element))
            )
            .ToList();
        var table = new PageTable(
            "Elements that take their codes from it",
            ["Element", "Profile", "Strength"],
            [
                .. uses.Select(use => new PageRow(
                    ArtefactLinks.To(
                        $"{ArtefactLinks.Page(use.profile)}#{Uri.EscapeDataString(use.element.Id)}",
                        use.element.Id
                    ),
                    ArtefactLinks.To(use.profile),
                    Html.Of($"{use.element.Binding!.Strength}")
                )),
            ]
        );
        return uses.Count == 0
            ? Html.None
            : Html.Of($"""<h2 class="nhsuk-heading-m">Where it is used</h2>{table.Markup}""");
    }
}
