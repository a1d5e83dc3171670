using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The page <c>/profiles</c>: what each artefact is for, by journey, and the package.</summary>
internal static class IndexPage
{
    /// <summary>The page.</summary>
    public static Html Of(ArtefactSet artefacts, PublishedPackage package)
    {
        var groups = Journeys.Of(artefacts).Select((group, at) => (Id: $"group-{at + 1}", Group: group)).ToList();
        return Html.Of(
            $"""
            <h1 class="nhsuk-heading-l">Profiles</h1>
            <p>What Child Protection - Information Sharing says on the wire in FHIR R4. A profile names what it takes and prohibits the rest; each element says why.</p>
            <p>Package {ArtefactLinks.To(ArtefactLinks.Pages + "/" + package.FileName, package.FileName)} holds all of it with the good examples, for SUSHI, Firely Terminal, the HL7 validator and Simplifier. {ArtefactLinks.To(
                "/validate",
                "Validate a resource"
            )} against it here.</p>
            <ul class="nhsuk-list">{Html.Join(
                groups.Select(each => Html.Of($"<li>{ArtefactLinks.To("#" + each.Id, each.Group.Name)}</li>"))
            )}</ul>
            {Html.Join(groups.Select(each => Group(each.Id, each.Group)))}
            """
        );
    }

    private static Html Group(string id, (string Name, string What, IReadOnlyList<Artefact> Artefacts) group) =>
        Html.Of(
            $"""
            <h2 class="nhsuk-heading-m" id="{id}">{group.Name}</h2>
            {ArtefactHead.Paragraphs(group.What)}
            {new PageTable(
                group.Name,
                ["Artefact", "Kind", "What it is for"],
                [
                    .. group.Artefacts.Select(artefact => new PageRow(
                        ArtefactLinks.To(artefact),
                        Html.Of($"{Kind(artefact)}"),
                        Html.Of($"{artefact.Purpose}")
                    )),
                ]
            )
            {
                IsCaptionHidden = true,
            }.Markup}
            """
        );

    private static string Kind(Artefact artefact) =>
        artefact switch
        {
            { IsExtension: true } => "Extension",
            { Type: "StructureDefinition" } => "Profile",
            { Type: "Basic" } => "Topic",
            { Type: "CodeSystem" } => "Code system",
            { Type: "ValueSet" } => "Value set",
            { Type: "NamingSystem" } => "Identifier system",
            { Type: "OperationDefinition" } => "Operation",
            { Type: "SearchParameter" } => "Search parameter",
            { Type: "CapabilityStatement" } => "Capability statement",
            { Type: "ImplementationGuide" } => "Implementation guide",
            _ => artefact.Type,
        };
}
