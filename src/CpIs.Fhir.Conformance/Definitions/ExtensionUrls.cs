namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>Extensions of definitions that validation heeds.</summary>
internal static class ExtensionUrls
{
    private const string Core = "http://hl7.org/fhir/StructureDefinition/";

    /// <summary>On a binding: the value set that no code may be outside of.</summary>
    public const string MaximumValueSet = Core + "elementdefinition-maxValueSet";

    /// <summary>On a constraint: it is only advice.</summary>
    public const string BestPractice = Core + "elementdefinition-bestpractice";

    /// <summary>On a type: the FHIR type of a value that is typed as one of FHIRPath's.</summary>
    public const string FhirType = Core + "structuredefinition-fhir-type";

    /// <summary>On the code of a type that old definitions leave out: the type in XML.</summary>
    public const string XmlType = Core + "structuredefinition-xml-type";
}
