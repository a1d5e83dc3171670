using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Conformance.Writes;

/// <summary>
/// An error of a verdict as the answer to a write tells it: what is allowed, what was sent where that can hold nothing personal, and what
/// to do.
/// </summary>
internal static class Sentences
{
    /// <summary>Elements whose values are codes, systems or days of a plan, and never a person's.</summary>
    private static readonly HashSet<string> Impersonal =
    [
        "code",
        "end",
        "ifMatch",
        "method",
        "start",
        "status",
        "system",
        "type",
    ];

    /// <summary>What breaks the format of FHIR itself is 400, what breaks a profile 422 (R4, http.html#transaction).</summary>
    public static Finding FindingOf(ValidationIssue issue) =>
        new(
            IsOfFhir(issue.Rule) ? RefusalKind.Malformed : RefusalKind.Rule,
            new Issue(issue.Code, Text(issue), issue.Expression, SpineOf(issue.Rule), Rule: issue.Rule)
        );

    private static string Text(ValidationIssue issue)
    {
        var text = issue.Message;
        if (issue.Found is { } sent && (issue.Rule == RuleIds.Type || Impersonal.Contains(LastName(issue.Expression))))
            text = $"{text} Sent: {Shown.Value(sent)}.";
        return issue.Hint is { } hint ? $"{text} {hint}" : text;
    }

    private static string LastName(string expression)
    {
        var name = expression[(expression.LastIndexOf('.') + 1)..];
        return name.IndexOf('[', StringComparison.Ordinal) is > 0 and var at ? name[..at] : name;
    }

    private static bool IsOfFhir(string rule) =>
        rule is RuleIds.Type or RuleIds.List or RuleIds.Format or RuleIds.UnknownElement or RuleIds.ResourceType
        || rule.StartsWith("bdl-", StringComparison.Ordinal);

    private static string SpineOf(string rule) =>
        rule switch
        {
            RuleIds.Min or RuleIds.SliceMin => SpineCodes.MissingValue,
            RuleIds.Prohibited or RuleIds.Binding or RuleIds.Code or RuleIds.SliceClosed => SpineCodes.UnsupportedValue,
            RuleIds.Max or RuleIds.SliceMax => SpineCodes.TooManyValues,
            _ => SpineCodes.InvalidValue,
        };
}
