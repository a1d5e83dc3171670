using System.Globalization;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Validation;

/// <summary>The page <c>/validate</c>: a form, and below it the verdict with each problem next to its line.</summary>
internal static class ValidatePage
{
    private static readonly string[] Profiles =
    [
        "CPIS-Upload",
        "CPIS-Patient",
        "CPIS-EpisodeOfCare",
        "CPIS-Flag",
        "CPIS-Subscription",
        "CPIS-Notification",
        "CPIS-Acknowledgement",
        "CPIS-AuditEvent",
        "CPIS-Authority",
        "CPIS-Setting",
    ];

    /// <summary>The form alone, or with what is wrong with what was sent in it.</summary>
    public static Page Form(string? problem = null, ValidateForm? sent = null, int status = 200) =>
        new(
            problem is null ? "Validate" : "Error: Validate",
            Html.Of(
                $"""
                {Summary(problem)}
                <h1 class="nhsuk-heading-l">Validate a FHIR resource</h1>
                <p>Paste a resource in JSON or XML, or choose a file. It is checked against FHIR R4 and the profiles of this exchange, and is neither stored nor logged.</p>
                {Fields(problem, sent)}
                """
            ),
            status
        );

    /// <summary>The verdict, and the form again.</summary>
    public static Page Verdict(ValidateForm sent, ValidationResult result) =>
        new(
            result.IsValid ? "No errors - Validate" : "Errors found - Validate",
            Html.Of(
                $"""
                <h1 class="nhsuk-heading-l">{Headline(result)}</h1>
                {Told(sent, result)}
                <h2 class="nhsuk-heading-m">The resource, line by line</h2>
                {SourceListing.Of(sent.Text, result)}
                <h2 class="nhsuk-heading-m">Validate again</h2>
                {Fields(null, sent)}
                """
            )
        );

    private static string Headline(ValidationResult result)
    {
        var others = result.Issues.Count(issue => issue.Severity < ValidationSeverity.Error);
        return result switch
        {
            { IsValid: false, Errors: 1 } => "1 error",
            { IsValid: false } => string.Create(CultureInfo.InvariantCulture, $"{result.Errors} errors"),
            _ when others > 0 => "No errors, but look at the notes",
            _ => "No problems found",
        };
    }

    private static Html Told(ValidateForm sent, ValidationResult result) =>
        Html.Of(
            $"""
            <dl class="nhsuk-summary-list">
            {Row("File", sent.FileName)}
            {Row("Resource", result.ResourceType ?? "none that can be read")}
            {Row("Checked against", result.Profiles.Count == 0 ? null : string.Join(", ", result.Profiles))}
            {Row(
                "Layout",
                sent.IsLaidOut
                    ? "The text was sent on one line. Line breaks were added; the line numbers are those below."
                    : null
            )}
            {Row(
                "Not listed",
                result.Omitted == 0
                    ? null
                    : string.Create(CultureInfo.InvariantCulture, $"{result.Omitted} more problems. Correct these first.")
            )}
            </dl>
            {Contents(result)}
            """
        );

    private static Html Row(string name, string? value) =>
        value is null
            ? Html.None
            : Html.Of(
                $"""<div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">{name}</dt><dd class="nhsuk-summary-list__value">{value}</dd></div>"""
            );

    private static Html Contents(ValidationResult result) =>
        result.Issues.Count == 0
            ? Html.None
            : Html.Of(
                $"""
                <h2 class="nhsuk-heading-m">Problems</h2>
                <ul class="nhsuk-list">{Html.Join(
                    result.Issues.Select(
                        (issue, at) =>
                            Html.Of($"""<li><a href="#issue-{at + 1}">Line {issue.Line}: {issue.Message}</a></li>""")
                    )
                )}</ul>
                """
            );

    private static Html Summary(string? problem) =>
        problem is null
            ? Html.None
            : Html.Of(
                $"""
                <div class="nhsuk-error-summary"><div role="alert">
                <h2 class="nhsuk-error-summary__heading">There is a problem</h2>
                <div class="nhsuk-error-summary__body"><ul class="nhsuk-list nhsuk-error-summary__list"><li><a href="#text">{problem}</a></li></ul></div>
                </div></div>
                """
            );

    private static Html Fields(string? problem, ValidateForm? sent) =>
        Html.Of(
            $"""
            <form method="post" action="/validate" enctype="multipart/form-data" novalidate>
            <div class="nhsuk-form-group{(problem is null ? "" : " nhsuk-form-group--error")}">
            <label class="nhsuk-label nhsuk-label--s" for="text">Resource</label>
            <div class="nhsuk-hint" id="text-hint">JSON or XML, at most 1 MiB. Synthetic data only.</div>
            {FieldProblem(problem)}
            <textarea class="nhsuk-textarea cpis-text" id="text" name="text" rows="14" spellcheck="false" aria-describedby="text-hint{(
                problem is null ? "" : " text-error"
            )}">
            {sent?.Text}</textarea>
            </div>
            <div class="nhsuk-form-group">
            <label class="nhsuk-label nhsuk-label--s" for="file">Or a file</label>
            <div class="nhsuk-hint" id="file-hint">Choose a file, or drop one here. A file is used instead of pasted text.</div>
            <input class="nhsuk-file-upload__input" id="file" name="file" type="file" accept=".json,.xml" aria-describedby="file-hint">
            </div>
            <div class="nhsuk-form-group">
            <label class="nhsuk-label nhsuk-label--s" for="profile">Profile</label>
            <div class="nhsuk-hint" id="profile-hint">Profiles that the resource claims (meta.profile) are checked too.</div>
            <select class="nhsuk-select" id="profile" name="profile" aria-describedby="profile-hint">
            {Option("", "Those that it claims, or its FHIR type", sent)}
            {Html.Join(Profiles.Select(name => Option(FhirSystems.Profile(name), name, sent)))}
            </select>
            </div>
            <button class="nhsuk-button" type="submit">Validate</button>
            </form>
            """
        );

    private static Html FieldProblem(string? problem) =>
        problem is null
            ? Html.None
            : Html.Of(
                $"""<span class="nhsuk-error-message" id="text-error"><span class="nhsuk-u-visually-hidden">Error:</span> {problem}</span>"""
            );

    private static Html Option(string value, string name, ValidateForm? sent) =>
        Html.Of(
            $"""<option value="{value}"{(sent?.Profile == value ? new Html(" selected") : Html.None)}>{name}</option>"""
        );
}
