namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>Extensions of definitions that validation heeds.</summary>
internal static class ExtensionUrls
{
    /// <summary>On a binding: the value set that no code may be outside of.</summary>
    public const string MaximumValueSet = Canonicals.R4 + "elementdefinition-maxValueSet";

    /// <summary>On a constraint: it is only advice.</summary>
    public const string BestPractice = Canonicals.R4 + "elementdefinition-bestpractice";

    /// <summary>On an element or its type: the form of its text, as a regular expression.</summary>
    public const string Regex = Canonicals.R4 + "regex";

    /// <summary>On an element of type Attachment: the most bytes.</summary>
    public const string MaximumSize = Canonicals.R4 + "maxSize";

    /// <summary>On a type: the FHIR type of a value that is typed as one of FHIRPath's.</summary>
    public const string FhirType = Canonicals.R4 + "structuredefinition-fhir-type";

    /// <summary>On the code of a type that old definitions leave out: the type in XML.</summary>
    public const string XmlType = Canonicals.R4 + "structuredefinition-xml-type";
}
