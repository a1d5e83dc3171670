using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Server.Validation;

/// <summary>What <c>mode</c> adds to a verdict on the content: whether the exchange would take it so.</summary>
internal sealed class IntendedUse(IRecordStore records)
{
    /// <summary>Problems besides those of the content.</summary>
    /// <param name="caller">Who asks; an authority's own records count, and nobody else's.</param>
    /// <param name="mode">What is to be done.</param>
    /// <param name="source">The resource.</param>
    /// <param name="id">The id in the URL; null at the type.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<ValidationIssue>> FindAsync(
        Caller caller,
        ValidationMode mode,
        FhirSource source,
        string? id,
        CancellationToken cancellation
    )
    {
        if (source.Root is not { ResourceType: { } type } root)
            return [];
        var own = root.Text("id");
        if (mode == ValidationMode.Update && own is null)
            return
            [
                Issue(
                    source,
                    root,
                    "required",
                    RuleIds.Min,
                    $"{type}.id",
                    "An update must name the id of the resource."
                ),
            ];
        if (id is not null && own is not null && own != id)
            return
            [
                Issue(
                    source,
                    root.Child("id")!,
                    "value",
                    "cpis-entry-url",
                    $"{type}.id",
                    "The id must be the one in the URL."
                ),
            ];
        return mode == ValidationMode.Create && await IsHeldAsync(caller, root, cancellation)
            ?
            [
                Issue(
                    source,
                    root,
                    "duplicate",
                    "cpis-entry-duplicate",
                    $"{type}.identifier",
                    "You already hold a resource with this identifier. Send it by PUT."
                ),
            ]
            : [];
    }

    /// <summary>The verdict on a delete: the exchange offers none.</summary>
    public static ValidationResult NeverDeleted(string type) =>
        new(
            [
                new ValidationIssue(
                    ValidationSeverity.Error,
                    "not-supported",
                    "cpis-delete",
                    $"A {type} cannot be deleted here.",
                    type
                )
                {
                    Hint =
                        "To withdraw a plan, send status entered-in-error. To end it, send status finished and the day of its end.",
                },
            ],
            0,
            1,
            type,
            []
        );

    private async Task<bool> IsHeldAsync(Caller caller, FhirNode root, CancellationToken cancellation)
    {
        if (
            caller.Kind != CallerKind.Authority
            || !Enum.TryParse<RecordType>(root.ResourceType, out var type)
            || type is not (RecordType.Patient or RecordType.EpisodeOfCare or RecordType.Flag)
        )
            return false;
        var system = type == RecordType.Patient ? FhirSystems.NhsNumber : FhirSystems.PlanId(caller.Organisation);
        var identities = root.ChildrenNamed("identifier")
            .Where(identifier => identifier.Text("system") == system)
            .Select(identifier => identifier.Text("value"))
            .OfType<string>()
            .Select(value => $"{caller.Organisation}|{value}")
            .Take(2)
            .ToList();
        return identities.Count > 0 && (await records.ReadByIdentityAsync(type, identities, cancellation)).Count > 0;
    }

    private static ValidationIssue Issue(
        FhirSource source,
        FhirNode place,
        string code,
        string rule,
        string expression,
        string message
    )
    {
        var (line, column) = source.Locate(place);
        return new ValidationIssue(ValidationSeverity.Error, code, rule, message, expression)
        {
            Line = line,
            Column = column,
        };
    }
}
