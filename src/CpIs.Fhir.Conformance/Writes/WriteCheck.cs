using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Conformance.Writes;

/// <summary>
/// Reads what is about to be stored and judges it as <c>cpis validate</c> and <c>$validate</c> do: by the profile of the exchange for its
/// type, and those that it claims. Each error of that verdict is one finding, under the same id and place.
/// </summary>
/// <param name="conformance">What is validated against.</param>
/// <param name="allowedProfiles">Canonicals that may be claimed (<c>meta.profile</c>); empty for any.</param>
public sealed class WriteCheck(ConformanceSet conformance, IReadOnlyList<string> allowedProfiles) : IWriteCheck
{
    private static readonly ValidatorOptions Options = new() { MaximumIssues = 2_000 };

    private readonly HashSet<string> _allowed = [.. allowedProfiles.Select(Canonicals.WithoutVersion)];

    /// <summary>The profile that what is written must meet, by type; null for what nobody writes.</summary>
    public static string? RequiredProfile(string? type) =>
        type switch
        {
            "Patient" or "EpisodeOfCare" or "Flag" or "Subscription" => FhirSystems.Profile("CPIS-" + type),
            "Bundle" => FhirSystems.Profile("CPIS-Upload"),
            _ => null,
        };

    /// <inheritdoc />
    public Result<SentBody> Read(ReadOnlyMemory<byte> body, JsonLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        // Values are judged where their types are known, so that one of them never ends the reading.
        var source = FhirSource.ReadJson(body, limits with { ChecksValues = false });
        return source.Root is { } root ? new SentBody(root, () => Judge(source, root)) : source.Refusal!;
    }

    private List<Finding> Judge(FhirSource source, FhirNode root)
    {
        var found = new List<Finding>();
        if (_allowed.Count > 0)
            FindForeignClaims(root, found);
        var result = conformance.Validator.Validate(
            source,
            RequiredProfile(root.ResourceType) is { } profile ? [profile] : [],
            Options
        );
        foreach (var issue in result.Issues)
            if (issue.Severity >= ValidationSeverity.Error)
                found.Add(Sentences.FindingOf(issue));
        // An error that is not listed is not known to be harmless.
        if (found.Count == 0 && result.Errors > 0)
            found.Add(
                new(
                    RefusalKind.Rule,
                    new Issue(
                        "too-long",
                        $"Found {result.Errors} problems, too many to check each. Send fewer entries at once.",
                        root.Path,
                        SpineCodes.TooManyValues,
                        Rule: "cpis-upload-entries"
                    )
                )
            );
        return found;
    }

    private void FindForeignClaims(FhirNode node, List<Finding> found)
    {
        if (node.ResourceType is not null && node.Child("meta") is { } meta)
            foreach (var claim in meta.ChildrenNamed("profile"))
                if (claim.Value is { } canonical && !_allowed.Contains(Canonicals.WithoutVersion(canonical)))
                    found.Add(
                        new(
                            RefusalKind.Rule,
                            new Issue(
                                "business-rule",
                                "This exchange does not accept resources that claim this profile. Leave the claim (meta.profile) out.",
                                claim.Path,
                                SpineCodes.ValidationError,
                                Rule: "cpis-profile-not-allowed"
                            )
                        )
                    );
        foreach (var child in node.Children)
            FindForeignClaims(child, found);
    }
}
