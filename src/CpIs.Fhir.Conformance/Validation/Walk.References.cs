using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>References: what they lead to, and whether that may stand there.</summary>
internal sealed partial class Walk
{
    private void Reference(FhirNode node, TypeSchema type)
    {
        if (type.Code != "Reference" || sink.IsDone)
            return;
        var literal = node.Text("reference");
        var target = literal is null ? null : run.Targets.Resolve(node, literal);
        if (literal is not null && target is null && IsInTextOnly(literal))
            ReportUnresolved(node, literal);
        if (literal is not null)
            Form(node, type, literal, target);
        var found = target?.ResourceType ?? TypeOf(node, literal);
        if (found is null)
            return;
        var anyOfType = false;
        var unknown = false;
        foreach (var canonical in type.Model.TargetProfiles)
        {
            var wanted = TargetType(canonical);
            if (wanted is null)
                unknown = true;
            else if (wanted is "Resource" or "DomainResource" || wanted == found)
            {
                anyOfType = true;
                if (target is null || canonical.StartsWith(SchemaSet.Core, StringComparison.Ordinal))
                    return; // of a resource that is not here nothing more can be known; a plain type has been checked where it stands
                if (run.Schemas.Find(canonical) is { } schema && run.Meets(target, schema))
                    return;
            }
        }

        if (anyOfType)
            ReportTargetProfile(node, type);
        else if (unknown)
            ReportUnknownProfile(node, string.Join(", ", type.Model.TargetProfiles), ValidationSeverity.Information);
        else
            ReportTargetType(node, type, found);
    }

    /// <summary>A reference whose target can be nowhere but in the text itself.</summary>
    private bool IsInTextOnly(string literal) =>
        literal.StartsWith("urn:uuid:", StringComparison.Ordinal) && run.Targets.IsBundle
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
        return node.Text("type") is { } told
            ? told.StartsWith(SchemaSet.Core, StringComparison.Ordinal)
                ? told[SchemaSet.Core.Length..]
                : told
            : null;
    }

    private string? TargetType(string canonical)
    {
        if (
            canonical.StartsWith(SchemaSet.Core, StringComparison.Ordinal)
            && Targets.IsResource(canonical[SchemaSet.Core.Length..])
        )
            return canonical[SchemaSet.Core.Length..];
        return run.Schemas.Find(canonical)?.Type;
    }
}
