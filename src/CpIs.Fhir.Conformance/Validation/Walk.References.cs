using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>References: what they lead to, and whether that may be there.</summary>
internal sealed partial class Walk
{
    private void Reference(FhirNode node, TypeSchema type)
    {
        if (sink.IsDone)
            return;
        var literal = node.Text("reference");
        var target = literal is null ? null : run.Targets.Resolve(node, literal);
        if (literal is not null && target is null && IsInTextOnly(literal))
            ReportUnresolved(node, literal);
        if (literal is not null)
        {
            Form(node, type, literal, target);
            if (IsBareName(literal))
                ReportRelativeForm(node, literal);
            else if (
                node.Text("type") is { } asked
                && (target?.ResourceType ?? Targets.TypeIn(literal)) is { } actual
                && PlainType(asked) is var told
                && told != actual
                && !ResourceTypes.IsAbstract(told)
            )
                ReportOtherTypeTold(node, told, actual);
        }

        if (type.Model.TargetProfiles.Count == 0)
            return;
        var found = target?.ResourceType ?? TypeOf(node, literal);
        if (found is null)
            return;
        var candidates = new List<StructureSchema>();
        var unknown = false;
        foreach (var canonical in type.Model.TargetProfiles)
        {
            var wanted = TargetType(canonical);
            unknown |= wanted is null;
            if (wanted is null || wanted != found && !ResourceTypes.IsAbstract(wanted))
                continue;
            // Of a resource that is not here nothing more can be known; one of a plain type has been checked where it stands.
            if (target is null || run.Schemas.Find(canonical) is not { Model.IsProfile: true } schema)
                return;
            candidates.Add(schema);
        }

        if (candidates.Count > 0)
            Profiled(node, type, target!, candidates);
        else if (unknown)
            ReportUnknownProfile(node, string.Join(", ", type.Model.TargetProfiles), ValidationSeverity.Information);
        else
            ReportTargetType(node, type, found);
    }

    /// <summary>
    /// The target must meet one of the profiles. What is wrong with it is told at its own place where it is held to the profile there too; so
    /// this waits until everything has been walked.
    /// </summary>
    private void Profiled(FhirNode node, TypeSchema type, FhirNode target, List<StructureSchema> candidates)
    {
        if (sink.IsSilent)
        {
            if (!candidates.Exists(schema => run.Questions.Meets(target, schema)))
                ReportTargetProfile(node, type);
            return;
        }

        run.Afterwards.Add(() =>
        {
            if (
                !candidates.Exists(schema =>
                    run.Applied.Contains((target, schema)) || run.Questions.Meets(target, schema)
                )
            )
                ReportTargetProfile(node, type);
        });
    }

    /// <summary>A reference whose target can be nowhere but in the text itself.</summary>
    private bool IsInTextOnly(string literal) =>
        literal.StartsWith("urn:uuid:", StringComparison.OrdinalIgnoreCase) && run.Targets.IsBundle
        || literal.Length > 1 && literal[0] == '#';

    private void Form(FhirNode node, TypeSchema type, string literal, FhirNode? target)
    {
        var isVersioned = literal.Contains("/_history/", StringComparison.Ordinal);
        if (
            type.Model.Versioning == "specific" && !isVersioned
            || type.Model.Versioning == "independent" && isVersioned
        )
            ReportReferenceForm(node, isVersioned ? "a reference without version" : "a reference to a version");
        if (type.Model.Aggregation is not { Count: > 0 } places)
            return;
        var place =
            literal.StartsWith('#') ? "contained"
            : target is not null ? "bundled"
            : "referenced";
        if (!places.Contains(place))
            ReportReferenceForm(node, $"a reference that is {string.Join(" or ", places)}");
    }

    /// <summary>What the reference itself says of its target's type; null when it says nothing.</summary>
    private static string? TypeOf(FhirNode node, string? literal)
    {
        if (literal is not null && Targets.TypeIn(literal) is { } type)
            return type;
        return node.Text("type") is { } told ? PlainType(told) : null;
    }

    private static string PlainType(string told) =>
        told.StartsWith(Canonicals.R4, StringComparison.Ordinal) ? told[Canonicals.R4.Length..] : told;

    /// <summary>Neither absolute nor of a type: <c>123</c> for <c>Patient/123</c>.</summary>
    private static bool IsBareName(string literal) =>
        literal.Length > 0 && literal[0] != '#' && literal.AsSpan().IndexOfAny(":/?") < 0;

    private string? TargetType(string canonical)
    {
        if (
            canonical.StartsWith(Canonicals.R4, StringComparison.Ordinal)
            && ResourceTypes.ContainsOrIsAbstract(canonical[Canonicals.R4.Length..])
        )
            return canonical[Canonicals.R4.Length..];
        return run.Schemas.Find(canonical)?.Type;
    }
}
