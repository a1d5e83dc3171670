using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Validation;

/// <summary>A text with its lines numbered, and under each line the problems on it. Of a long text only what is near a problem.</summary>
internal static class SourceListing
{
    private const int ShownWhole = 500;
    private const int Near = 3;
    private const int MostOfLine = 400;

    /// <summary>The listing.</summary>
    public static Html Of(string text, ValidationResult result)
    {
        var lines = text.Split('\n');
        var issues = result
            .Issues.Select((issue, at) => (Issue: issue, Number: at + 1))
            .ToLookup(issue => Math.Clamp(issue.Issue.Line, 1, lines.Length));
        var pieces = new List<Html>();
        var hidden = 0;
        var shown = Shown(lines.Length, [.. issues.Select(line => line.Key)]);
        for (var number = 1; number <= lines.Length; number++)
            if (shown[number])
            {
                Gap(pieces, number - hidden, number - 1);
                hidden = 0;
                pieces.Add(Line(number, lines[number - 1], issues[number]));
            }
            else
                hidden++;
        Gap(pieces, lines.Length - hidden + 1, lines.Length);
        return Html.Of(
            $"""<ol class="cpis-source" tabindex="0" aria-label="The resource, line by line">{Html.Join(pieces)}</ol>"""
        );
    }

    private static bool[] Shown(int lines, IReadOnlyList<int> withIssues)
    {
        var shown = new bool[lines + 1];
        if (lines <= ShownWhole)
            Array.Fill(shown, true);
        foreach (var line in withIssues)
            Array.Fill(
                shown,
                true,
                Math.Max(1, line - Near),
                Math.Min(lines, line + Near) - Math.Max(1, line - Near) + 1
            );
        if (withIssues.Count == 0)
            Array.Fill(shown, true, 1, Math.Min(lines, Near * 2));
        return shown;
    }

    private static void Gap(List<Html> pieces, int from, int to)
    {
        if (from <= to)
            pieces.Add(Html.Of($"""<li class="cpis-gap">Lines {from} to {to}: no problems</li>"""));
    }

    private static Html Line(int number, string line, IEnumerable<(ValidationIssue Issue, int Number)> issues)
    {
        var told = issues.ToList();
        var text = line.TrimEnd('\r');
        // A cut must not part a pair of surrogates.
        if (text.Length > MostOfLine)
            text = text[..(char.IsHighSurrogate(text[MostOfLine - 1]) ? MostOfLine - 1 : MostOfLine)] + "...";
        return Html.Of(
            $"""<li{(told.Count > 0 ? new Html(" class=\"cpis-marked\"") : Html.None)}><div class="cpis-line"><span class="cpis-number" id="line-{number}">{number}</span><code>{text}</code></div>{Html.Join(told.Select(Problem))}</li>{new Html("\n")}"""
        );
    }

    private static Html Problem((ValidationIssue Issue, int Number) told)
    {
        var issue = told.Issue;
        var severity =
            issue.Severity >= ValidationSeverity.Error ? "error"
            : issue.Severity == ValidationSeverity.Warning ? "warning"
            : "information";
        return Html.Of(
            $"""
            <div class="cpis-issue cpis-issue--{severity}" id="issue-{told.Number}">
            <p><strong>{Name(severity)}, column {issue.Column}:</strong> {issue.Message}</p>
            <dl>{Row("Place", issue.Expression)}{Row("Expected", issue.Expected)}{Row("Found", issue.Found)}{Row(
                "Hint",
                issue.Hint
            )}{Row("Rule", issue.Rule)}{Row("In words", issue.RuleText == issue.Message ? null : issue.RuleText)}{Row(
                "Profile",
                issue.Profile
            )}</dl>
            </div>
            """
        );
    }

    private static string Name(string severity) =>
        severity switch
        {
            "error" => "Error",
            "warning" => "Warning",
            _ => "Information",
        };

    private static Html Row(string name, string? value) =>
        string.IsNullOrWhiteSpace(value) ? Html.None : Html.Of($"<dt>{name}</dt><dd>{value}</dd>");
}
