using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The elements of a profile as a tree: how often, of which type, and why.</summary>
internal sealed class ElementTable(IReadOnlyList<ElementRow> rows, ArtefactLinks links)
{
    private const int Deepest = 8;

    /// <summary>The table.</summary>
    public Html Markup =>
        new PageTable(
            "Elements that are allowed",
            ["Element", "Flags", "How often", "Type", "What it is, and why"],
            [.. rows.Select(Row)]
        ).Markup;

    /// <summary>A link to an element in the table; the root has no row and stands for the whole.</summary>
    public static Html Link(string id) =>
        id.Contains('.', StringComparison.Ordinal)
            ? Html.Of($"""<a href="#{Uri.EscapeDataString(id)}" class="cpis-code">{id}</a>""")
            : ArtefactHead.Code(id);

    /// <summary>What a link to a rule leads to.</summary>
    public static string RuleId(string key) => "rule-" + key;

    private PageRow Row(ElementRow row) =>
        new(
            Html.Of(
                $"""<span class="nhsuk-u-visually-hidden">{row.Element.Id}</span><span class="cpis-element cpis-depth-{Math.Min(row.Depth, Deepest)}" aria-hidden="true">{row.Name}</span>"""
            ),
            Html.Of($"{string.Join(", ", Flags(row))}"),
            Html.Of($"{row.Cardinality}"),
            Html.Join(row.Element.Types.Select((type, at) => Html.Of($"{(at > 0 ? " or " : "")}{Type(type)}")))
                is var types
            && row.Element.ContentReference is { } same
                ? Html.Of($"like {ArtefactHead.Code(same)}")
                : types,
            Meaning(row)
        )
        {
            Id = row.Element.Id,
        };

    private static IEnumerable<string> Flags(ElementRow row)
    {
        if (row.Decision is not null)
            yield return row.Element.Min > 0 ? "required" : "optional";
        if (row.Element.SliceName is not null)
            yield return "slice";
        if (row.Element.Slicing is not null)
            yield return "sliced";
        if (row.Element.IsModifier)
            yield return "modifier";
        if (row.Element.MustSupport)
            yield return "must support";
    }

    private Html Type(TypeModel type) =>
        Html.Of($"{type.Code}{Named(" meeting ", type.Profiles)}{Named(" to ", type.TargetProfiles)}");

    private Html Named(string before, IReadOnlyList<string> canonicals) =>
        canonicals.Count == 0
            ? Html.None
            : Html.Of(
                $"{before}{Html.Join(canonicals.Select((url, at) => Html.Of($"{(at > 0 ? " or " : "")}{links.Canonical(url, url[(url.LastIndexOf('/') + 1)..])}")))}"
            );

    private Html Meaning(ElementRow row) =>
        Html.Of(
            $"""
            {Line(row.Meaning)}{(
                row.Decision is null ? Html.None : Html.Of($"<p><strong>{row.Decision}</strong>: {row.Reason}</p>")
            )}{Value(row)}{Binding(row.Element.Binding)}{Rules(row)}
            """
        );

    private static Html Line(string? text) => text is null ? Html.None : Html.Of($"<p>{text}</p>");

    private static Html Value(ElementRow row) =>
        row.Value is null
            ? Html.None
            : Html.Of($"<p>{(row.Element.Fixed is null ? "At least" : "Always")} {ArtefactHead.Code(row.Value)}</p>");

    private Html Binding(BindingModel? binding) =>
        binding?.ValueSet is { } valueSet
            ? Html.Of($"<p>Codes from {links.Canonical(valueSet)} ({binding.Strength})</p>")
            : Html.None;

    private static Html Rules(ElementRow row)
    {
        var own = row
            .Element.Constraints.Where(rule => rule.Key.StartsWith("cpis-", StringComparison.Ordinal))
            .ToList();
        return own.Count == 0
            ? Html.None
            : Html.Of(
                $"<p>Rules: {Html.Join(own.Select(rule => Html.Of($"{ArtefactLinks.To("#" + RuleId(rule.Key), rule.Key)} ")))}</p>"
            );
    }
}
