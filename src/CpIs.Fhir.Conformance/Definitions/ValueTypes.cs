using System.Collections.Frozen;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>FHIR types as definitions name them.</summary>
internal static class ValueTypes
{
    private const string FhirPath = "http://hl7.org/fhirpath/System.";

    private static readonly string[] Choices = ["fixed", "pattern"];

    private static readonly FrozenSet<string> Primitives = FrozenSet.Create(
        "base64Binary",
        "boolean",
        "canonical",
        "code",
        "date",
        "dateTime",
        "decimal",
        "id",
        "instant",
        "integer",
        "markdown",
        "oid",
        "positiveInt",
        "string",
        "time",
        "unsignedInt",
        "uri",
        "url",
        "uuid"
    );

    /// <summary>The type of a value by the name of its element: <c>uri</c> for <c>fixedUri</c>, <c>Coding</c> for <c>patternCoding</c>.</summary>
    public static string Of(string name)
    {
        var type = name[Array.Find(Choices, choice => name.StartsWith(choice, StringComparison.Ordinal))!.Length..];
        var primitive = LowerFirst(type);
        return Primitives.Contains(primitive) ? primitive : type;
    }

    /// <summary>The code of a type: a FHIR type also where the definition speaks of FHIRPath's or, as some old ones, of XML's only.</summary>
    public static string CodeOf(FhirNode type) =>
        type.Text("code") switch
        {
            { } code when code.StartsWith(FhirPath, StringComparison.Ordinal) => type.Extension(
                ExtensionUrls.FhirType
            )?.Value
                ?? LowerFirst(code[FhirPath.Length..]),
            { } code => code,
            _ => type.Child("code")?.Extension(ExtensionUrls.XmlType)?.Value == "xsd:anyUri" ? "uri" : "string",
        };

    private static string LowerFirst(string name) =>
        name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];
}
