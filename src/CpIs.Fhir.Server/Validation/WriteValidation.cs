using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Server.Validation;

/// <summary>Validates what is about to be stored, as far as <see cref="ValidationOptions"/> say.</summary>
internal sealed class WriteValidation(ConformanceSet conformance, ValidationOptions options) : IWriteCheck
{
    private const int MostIssues = 50;

    private static readonly ValidatorOptions Full = new() { MaximumIssues = MostIssues };
    private static readonly ValidatorOptions Core = Full with { UseClaimedProfiles = false };

    private readonly HashSet<string> _allowed = [.. options.AllowedProfiles.Select(WithoutVersion)];

    public Refusal? Check(ReadOnlyMemory<byte> body, string profile)
    {
        if (options.Level == ValidationLevel.Off && _allowed.Count == 0)
            return null;
        var source = FhirSource.ReadJson(body);
        if (_allowed.Count > 0 && source.Root is { } root && FindForeignClaims(root) is { } refusal)
            return refusal;
        if (options.Level == ValidationLevel.Off)
            return null;
        var result =
            options.Level == ValidationLevel.Full
                ? conformance.Validator.Validate(source, [FhirSystems.Profile(profile)], Full)
                : conformance.Validator.Validate(source, [], Core);
        return result.IsValid ? null : RefusalOf(result);
    }

    private static Refusal RefusalOf(ValidationResult result)
    {
        var issues = result.Issues.Where(issue => issue.Severity >= ValidationSeverity.Error).Select(IssueOf).ToList();
        return new Refusal(RefusalKind.Rule, issues.Count > 0 ? issues : [IssueOf(result.Issues[0])]);
    }

    /// <summary>Without what was found, which may be personal: the sender has it.</summary>
    private static Issue IssueOf(ValidationIssue issue) =>
        new(
            issue.Code,
            string.Join(
                ' ',
                new[]
                {
                    issue.RuleText ?? issue.Message,
                    Sentence("Expected", issue.Expected),
                    issue.Hint,
                }.OfType<string>()
            ),
            issue.Expression,
            SpineCodes.ValidationError,
            Rule: issue.Rule
        );

    private static string? Sentence(string name, string? value) => value is null ? null : $"{name}: {value}.";

    private Refusal? FindForeignClaims(FhirNode root)
    {
        var issues = new List<Issue>();
        Look(root, issues);
        return issues.Count == 0 ? null : new Refusal(RefusalKind.Rule, issues);
    }

    private void Look(FhirNode node, List<Issue> issues)
    {
        if (node.ResourceType is not null && node.Child("meta") is { } meta)
            foreach (var claim in meta.ChildrenNamed("profile"))
                if (claim.Value is { } canonical && !_allowed.Contains(WithoutVersion(canonical)))
                    issues.Add(
                        new Issue(
                            "business-rule",
                            "This exchange takes no resources that claim this profile (Validation.AllowedProfiles).",
                            claim.Path,
                            SpineCodes.ValidationError,
                            Rule: "cpis-profile-not-allowed"
                        )
                    );
        foreach (var child in node.Children)
            Look(child, issues);
    }

    private static string WithoutVersion(string canonical) => canonical.Split('|')[0];
}
