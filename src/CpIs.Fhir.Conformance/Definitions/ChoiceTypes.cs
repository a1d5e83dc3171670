using System.Collections.Frozen;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>The types as choice elements write them behind their name (R4, datatypes.html).</summary>
internal static class ChoiceTypes
{
    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet([
        "Base64Binary",
        "Boolean",
        "Canonical",
        "Code",
        "Date",
        "DateTime",
        "Decimal",
        "Id",
        "Instant",
        "Integer",
        "Markdown",
        "Oid",
        "PositiveInt",
        "String",
        "Time",
        "UnsignedInt",
        "Uri",
        "Url",
        "Uuid",
        "Address",
        "Age",
        "Annotation",
        "Attachment",
        "CodeableConcept",
        "Coding",
        "ContactPoint",
        "Count",
        "Distance",
        "Duration",
        "HumanName",
        "Identifier",
        "Money",
        "Period",
        "Quantity",
        "Range",
        "Ratio",
        "Reference",
        "SampledData",
        "Signature",
        "Timing",
        "ContactDetail",
        "Contributor",
        "DataRequirement",
        "Expression",
        "ParameterDefinition",
        "RelatedArtifact",
        "TriggerDefinition",
        "UsageContext",
        "Dosage",
        "Meta",
    ]);

    public static bool Contains(string name) => Names.Contains(name);

    /// <summary>Whether a name is that of a choice element with a type behind it.</summary>
    public static bool IsChoiceName(string element, string name) =>
        name.Length > element.Length
        && char.IsAsciiLetterUpper(name[element.Length])
        && name.StartsWith(element, StringComparison.Ordinal);

    /// <summary>Whether the name of a choice, such as <c>valueDateTime</c>, ends in a type: the longest that it can (no time).</summary>
    public static bool EndsIn(string name, string type)
    {
        for (var at = 1; at < name.Length; at++)
            if (char.IsAsciiLetterUpper(name[at]) && Names.Contains(name[at..]))
                return name.AsSpan(at).Equals(type, StringComparison.OrdinalIgnoreCase);
        return false;
    }
}
