using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>What each page of an artefact begins with: what it is called, what it is for, its canonical and where it is read.</summary>
internal static class ArtefactHead
{
    /// <summary>The beginning.</summary>
    /// <param name="artefact">The artefact.</param>
    /// <param name="more">Further lines of the summary.</param>
    public static Html Of(Artefact artefact, params IReadOnlyList<(string Name, Html Value)> more)
    {
        var lines = new List<(string Name, Html Value)>
        {
            ("Name", Code(artefact.Name)),
            ("Version", Text($"{artefact.Version}{(artefact.Version is null ? "" : ", ")}{artefact.Status}")),
        };
        if (artefact.Url is { } url)
            lines.Insert(0, ("Canonical", Code(url)));
        lines.AddRange(more);
        lines.Add(("Read it", Read(artefact)));
        return Html.Of(
            $"""
            <h1 class="nhsuk-heading-l">{artefact.Title}</h1>
            {Paragraphs(artefact.Description)}
            {Summary(lines)}
            """
        );
    }

    /// <summary>Names and values, one below the other.</summary>
    public static Html Summary(IEnumerable<(string Name, Html Value)> lines) =>
        Html.Of(
            $"""
            <dl class="nhsuk-summary-list">
            {Html.Join(
                lines.Select(line =>
                    Html.Of(
                        $"""<div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">{line.Name}</dt><dd class="nhsuk-summary-list__value">{line.Value}</dd></div>"""
                    )
                )
            )}</dl>
            """
        );

    /// <summary>Text in paragraphs, where it has empty lines.</summary>
    public static Html Paragraphs(string text) =>
        Html.Join(
            text.Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(paragraph => Html.Of($"<p>{paragraph}</p>\n"))
        );

    /// <summary>Something that a computer reads.</summary>
    public static Html Code(string? text) => Html.Of($"<code class=\"cpis-code\">{text}</code>");

    /// <summary>Plain text.</summary>
    public static Html Text(string? text) => Html.Of($"{text}");

    private static Html Read(Artefact artefact) =>
        Html.Of(
            $"""{ArtefactLinks.To(ArtefactLinks.Json(artefact), "JSON")}{(ArtefactLinks.Rest(artefact) is { } rest ? Html.Of($""", or by FHIR: {ArtefactLinks.To(rest, "GET " + rest)}""") : Html.None)}"""
        );
}
