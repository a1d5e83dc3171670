namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>Code systems as people call them.</summary>
internal static class SystemNames
{
    /// <summary>A name for a message.</summary>
    public static string Of(string system) =>
        system switch
        {
            "http://snomed.info/sct" => "SNOMED CT",
            "http://loinc.org" => "LOINC",
            "http://unitsofmeasure.org" => "UCUM",
            "http://dicom.nema.org/resources/ontology/DCM" => "DICOM",
            "urn:iso:std:iso:3166" => "ISO 3166 (countries)",
            "urn:iso:std:iso:4217" => "ISO 4217 (currencies)",
            "http://www.nlm.nih.gov/research/umls/rxnorm" => "RxNorm",
            _ => $"CodeSystem {system}",
        };

    /// <summary>Why codes of a system that is not available cannot be decided.</summary>
    public static string NotAtHand(string system) => $"{Of(system)} is not available";
}
