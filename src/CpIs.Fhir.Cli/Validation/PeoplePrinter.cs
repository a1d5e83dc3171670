using System.Globalization;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Cli.Validation;

/// <summary>For people: each problem with its place, the rule, what was expected and found, and the line of the source.</summary>
internal sealed class PeoplePrinter(TextWriter output, bool colours) : IVerdictPrinter
{
    public void Print(Verdict verdict)
    {
        var (input, result) = verdict;
        if (result.Issues.Count == 0 && result.IsValid)
        {
            // A record a line may be ten thousand lines of good news.
            if (!input.IsRecord)
                output.WriteLine($"{Colour("32", "valid")} {Printable.Of(input.Name)}");
            return;
        }

        foreach (var issue in result.Issues)
            Print(input, issue);
        if (result.Omitted > 0)
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Printable.Of(input.Name)}: {result.Omitted} more problems are not listed; {result.Errors} errors in total (--max-issues).\n"
                )
            );
    }

    public void End(ValidationCounts counts)
    {
        output.WriteLine(counts.ToString());
        output.Flush();
    }

    private void Print(ValidationInput input, ValidationIssue issue)
    {
        var tone =
            issue.Severity >= ValidationSeverity.Error ? "1;31"
            : issue.Severity == ValidationSeverity.Warning ? "1;33"
            : "36";
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Colour("1", $"{Printable.Of(input.File)}:{issue.Line}:{issue.Column}")} {Colour(tone, OutcomeWriter.Code(issue.Severity))} [{Printable.Of(issue.Rule)}] {Printable.Of(issue.Expression)}"
            )
        );
        output.WriteLine("  " + Printable.Of(issue.Message));
        Detail("expected", issue.Expected);
        Detail("found", issue.Found);
        Detail("hint", issue.Hint);
        Detail("rule", issue.RuleText == issue.Message ? null : issue.RuleText);
        Detail("profile", issue.Profile);
        if (Excerpt.Of(input.Text.Span, issue.Line - input.FirstLine + 1, issue.Column) is { Text.Length: > 0 } excerpt)
        {
            var number = issue.Line.ToString(CultureInfo.InvariantCulture);
            output.WriteLine($"  {number} | {excerpt.Text}");
            output.WriteLine(
                $"  {new string(' ', number.Length)} | {new string(' ', excerpt.Caret)}{Colour(tone, "^")}"
            );
        }

        output.WriteLine();
    }

    private void Detail(string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
            output.WriteLine($"  {name + ":", -9} {Printable.Of(value)}");
    }

    private string Colour(string code, string text) => colours ? $"\e[{code}m{text}\e[0m" : text;
}
