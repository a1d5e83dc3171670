using System.IO.Compression;
using System.Xml;
using CpIs.Fhir.Core;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Conformance.Packages;

/// <summary>
/// Reads FHIR R4's definitions as NuGet package <c>Hl7.Fhir.Specification.Data.R4</c> brings them: <c>specification.zip</c>, Bundles in
/// XML. What comes out is package <c>hl7.fhir.r4.core</c> 4.0.1 with its StructureDefinitions, ValueSets and CodeSystems, but without
/// mappings and XPath, which no tool of ours reads and every snapshot would repeat.
/// </summary>
internal static class SpecificationZip
{
    private static readonly PackageManifest Manifest = new("hl7.fhir.r4.core", "4.0.1")
    {
        Type = "fhir.core",
        FhirVersions = ["4.0.1"],
        Canonical = "http://hl7.org/fhir",
        Url = "http://hl7.org/fhir/R4",
        Title = "FHIR R4 core definitions, made from Hl7.Fhir.Specification.Data.R4",
        Author = "HL7",
        License = "CC0-1.0",
    };

    /// <summary>The zip that a path means: itself, or the one in a NuGet package's folder; null when it means none.</summary>
    public static string? Find(string path)
    {
        if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) && File.Exists(path))
            return path;
        var inside = Path.Combine(path, "contentFiles", "any", "any", "specification.zip");
        return File.Exists(inside) ? inside : null;
    }

    public static Result<FhirPackage> Read(string path, PackageLimits limits)
    {
        var text = new PackageText(path, withExamples: false);
        if (text.Take("package.json", ManifestJson.Write(Manifest)) is { } wrong)
            return wrong;
        try
        {
            using var packed = File.OpenRead(path);
            using var zip = new ZipArchive(packed, ZipArchiveMode.Read);
            var bundles = zip.Entries.Where(entry => entry.Name.EndsWith(".xml", StringComparison.Ordinal)).ToList();
            if (bundles.Sum(bundle => bundle.Length) > limits.MaximumBytes)
                return PackageText.Refuse(path, null, $"it unpacks to more than {limits.MaximumBytes} bytes");
            var serializer = new FhirJsonSerializer();
            foreach (var definition in bundles.SelectMany(Definitions))
                if (
                    text.Take($"{definition.TypeName}-{definition.Id}.json", serializer.SerializeToBytes(definition)) is
                    { } refusal
                )
                    return refusal;
            return text.Finish();
        }
        catch (Exception broken) when (broken is InvalidDataException or XmlException or DeserializationFailedException)
        {
            return PackageText.Refuse(path, null, $"it is not a specification.zip ({broken.Message.TrimEnd('.')})");
        }
    }

    private static IEnumerable<Resource> Definitions(ZipArchiveEntry entry)
    {
        using var xml = XmlReader.Create(entry.Open(), new XmlReaderSettings { CloseInput = true });
        // As it was published: some of it does not meet the SDK's stricter rules.
        if (FhirXmlDeserializer.OSTRICH.DeserializeResource(xml) is not Bundle bundle)
            yield break;
        foreach (var resource in bundle.GetResources())
        {
            if (resource is StructureDefinition structure)
                LeaveOut(structure);
            if (resource is StructureDefinition or ValueSet or CodeSystem)
                yield return resource;
        }
    }

    private static void LeaveOut(StructureDefinition structure)
    {
        structure.Mapping.Clear();
        foreach (var element in (structure.Snapshot?.Element ?? []).Concat(structure.Differential?.Element ?? []))
        {
            element.Mapping.Clear();
            foreach (var constraint in element.Constraint)
                constraint.Xpath = null;
        }
    }
}
