using System.Text.RegularExpressions;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Server.Validation;

/// <summary>Validates what is about to be stored, as far as <see cref="ValidationOptions"/> say.</summary>
internal sealed partial class WriteValidation(ConformanceSet conformance, ValidationOptions options) : IWriteCheck
{
    private const int MostTold = 50;

    // More than are told: those that are left to the rules of an upload may come first.
    private static readonly ValidatorOptions Full = new() { MaximumIssues = 2_000 };
    private static readonly ValidatorOptions Core = Full with { UseClaimedProfiles = false };

    private readonly HashSet<string> _allowed = [.. options.AllowedProfiles.Select(Canonicals.WithoutVersion)];

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
        if (result.IsValid)
            return null;
        var listed = result.Issues.Where(issue => issue.Severity >= ValidationSeverity.Error).ToList();
        var errors = listed.Where(issue => !IsFormOfRequest(issue)).Take(MostTold).Select(IssueOf).ToList();
        // An error that is not listed is not known to be harmless.
        if (errors.Count == 0 && result.Errors > listed.Count)
            errors.Add(
                new Issue(
                    "too-long",
                    $"There are {result.Errors} problems, too many to look at each. Send fewer entries at once.",
                    "Bundle.entry",
                    SpineCodes.TooManyValues,
                    Rule: "cpis-upload-entries"
                )
            );
        return errors.Count == 0 ? null : new Refusal(RefusalKind.Rule, errors);
    }

    /// <summary>
    /// How an entry names what it writes: CPIS-Upload shows the one form that is recommended, while the exchange takes others too (PUT by
    /// id, POST, no fullUrl), and its own rules have judged them already.
    /// </summary>
    private static bool IsFormOfRequest(ValidationIssue issue) =>
        issue.Rule is "cpis-upload-entry" or "cpis-upload-full-url"
        || issue.Rule is RuleIds.Min or RuleIds.Prohibited && RequestPart().IsMatch(issue.Expression);

    [GeneratedRegex(@"^Bundle\.entry\[\d+\]\.(fullUrl|request\.[A-Za-z]+)$", RegexOptions.NonBacktracking)]
    private static partial Regex RequestPart();

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
                if (claim.Value is { } canonical && !_allowed.Contains(Canonicals.WithoutVersion(canonical)))
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
}
