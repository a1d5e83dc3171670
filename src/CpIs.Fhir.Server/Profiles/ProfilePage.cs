using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The page of a profile or extension: elements, what is prohibited, bindings, rules, examples, and how it differs from R4.</summary>
internal sealed class ProfilePage(Artefact artefact, ProfileView view, ArtefactLinks links, ExampleLibrary examples)
{
    private readonly IReadOnlyList<ElementRow> _allowed = [.. view.Rows.Skip(1).Where(row => !row.IsProhibited)];
    private readonly IReadOnlyList<ElementRow> _prohibited = [.. view.Rows.Where(row => row.IsProhibited)];

    private IEnumerable<(string Id, string Name, Html Content)> Sections =>
        [
            ("elements", "Elements", new ElementTable(_allowed, links).Markup),
            ("prohibited", "Prohibited", Prohibited()),
            ("bindings", "Bindings", Bindings()),
            ("rules", "Rules", Rules()),
            ("examples", "Examples", Examples()),
            ("differences", "Differs from R4", Differences()),
        ];

    /// <summary>The page.</summary>
    public Html Markup
    {
        get
        {
            var sections = Sections.Where(section => section.Content.Markup.Length > 0).ToList();
            return Html.Of(
                $"""
                {ArtefactHead.Of(
                    artefact,
                    ("Profile of", links.Canonical(view.Model.Base!, view.Model.Type)),
                    ("On this page", Html.Join(sections.Select(s => Html.Of($"""<a href="#{s.Id}">{s.Name}</a> """))))
                )}
                {Html.Join(sections.Select(s => Html.Of($"""<h2 class="nhsuk-heading-m" id="{s.Id}">{s.Name}</h2>{s.Content}""")))}
                """
            );
        }
    }

    private Html Prohibited() =>
        new PageTable(
            "Elements of R4 that are prohibited, by reason",
            ["Why", "Elements"],
            [
                .. _prohibited
                    .GroupBy(row => row.Reason ?? "the profile prohibits it.")
                    .Select(same => new PageRow(
                        Html.Of($"{same.Key}"),
                        Html.Of(
                            $"""<span class="cpis-names">{Html.Join(same.Select(row => Html.Of($"{ArtefactHead.Code(row.Element.Id)} ")))}</span>"""
                        )
                    )),
            ]
        ).Markup;

    private Html Bindings() =>
        new PageTable(
            "Where codes come from",
            ["Element", "Strength", "Value set"],
            [
                .. _allowed
                    .Where(row => row.Element.Binding is { ValueSet: not null })
                    .Select(row => new PageRow(
                        ElementTable.Link(row.Element.Id),
                        Html.Of($"{row.Element.Binding!.Strength}"),
                        links.Canonical(row.Element.Binding!.ValueSet!)
                    )),
            ]
        ).Markup;

    private Html Rules() =>
        new PageTable(
            "Rules that this profile adds to those of FHIR R4",
            ["Rule", "In words", "FHIRPath", "On"],
            [
                .. view.Rules.Select(placed => new PageRow(
                    ArtefactHead.Code(placed.Rule.Key),
                    Html.Of($"{placed.Rule.Human}{(placed.Rule.IsWarning ? " (A breach is a warning.)" : "")}"),
                    ArtefactHead.Code(placed.Rule.Expression),
                    Html.Join(placed.Elements.Select(id => Html.Of($"{ElementTable.Link(id)} ")))
                )
                {
                    Id = ElementTable.RuleId(placed.Rule.Key),
                }),
            ]
        ).Markup;

    private Html Examples()
    {
        var good = new PageTable(
            "Good examples",
            ["Example"],
            [.. examples.Of(artefact.Url!, good: true).Select(example => new PageRow(Link(example)))]
        );
        var bad = new PageTable(
            "Bad examples, each with one fault",
            ["Example", "Rule that it breaks"],
            [
                .. examples
                    .Of(artefact.Url!, good: false)
                    .Select(example => new PageRow(Link(example), RuleLink(example.Rule!))),
            ]
        );
        return Html.Of($"{good.Markup}{bad.Markup}");
    }

    private Html Differences() =>
        new PageTable(
            "What this profile changes in the elements that are allowed",
            ["Element", "What", "In R4", "Here"],
            [
                .. view.Differences()
                    .Select(difference => new PageRow(
                        ElementTable.Link(difference.Row.Element.Id),
                        Html.Of($"{difference.What}"),
                        Html.Of($"{(difference.InBase.Length > 0 ? difference.InBase : "-")}"),
                        difference.What == "Rule" ? RuleLink(difference.Here) : Html.Of($"{difference.Here}")
                    )),
            ]
        ).Markup;

    // A rule of this profile stands further up; any other one in the code system of rules.
    private Html RuleLink(string rule) =>
        ArtefactLinks.To(
            view.Rules.Any(placed => placed.Rule.Key == rule)
                ? "#" + ElementTable.RuleId(rule)
                : $"{ArtefactLinks.Pages}/CodeSystem/{FhirSystems.Rule.Split('/')[^1]}#{rule}",
            rule
        );

    private static Html Link(Example example) => ArtefactLinks.To(ArtefactLinks.Page(example), example.Words);
}
