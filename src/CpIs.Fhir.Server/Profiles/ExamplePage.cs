using System.Text;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Server.Pages;
using CpIs.Fhir.Server.Validation;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The page of an example: the resource line by line, with what the validator says of it.</summary>
internal sealed class ExamplePage(Example example, Validator validator, ArtefactLinks links)
{
    /// <summary>In the browser's tab.</summary>
    public string Title =>
        example.Rule is null
            ? example.Words
            : $"{example.Words} ({example.Profile.Split('/')[^1]}, breaks {example.Rule})";

    /// <summary>The page.</summary>
    public Html Markup
    {
        get
        {
            var json = ExampleLibrary.Read(example);
            var verdict = validator.Validate(FhirSource.ReadJson(json), [example.Profile]);
            return Html.Of(
                $"""
                <h1 class="nhsuk-heading-l">{(example.Rule is null ? "Example: " : "Bad example: ")}{example.Words}</h1>
                {ArtefactHead.Summary([
                    ("Profile", links.Canonical(example.Profile)),
                    ("Verdict", Html.Of($"{(verdict.IsValid ? "No errors" : $"{verdict.Errors} error")}")),
                    .. Rule(verdict),
                    ("Read it", ArtefactLinks.To(ArtefactLinks.Page(example) + ".json", "JSON")),
                ])}
                <h2 class="nhsuk-heading-m">The resource, line by line</h2>
                {SourceListing.Of(Encoding.UTF8.GetString(json.Span), verdict)}
                """
            );
        }
    }

    private IEnumerable<(string, Html)> Rule(ValidationResult verdict)
    {
        if (example.Rule is { } rule && verdict.Issues.FirstOrDefault(issue => issue.Rule == rule) is { } issue)
            yield return (
                "Rule that it breaks",
                Html.Of(
                    $"""{ArtefactHead.Code(rule)}: <a href="#line-{issue.Line}">line {issue.Line}</a>, {issue.RuleText ?? issue.Message}"""
                )
            );
    }
}
