using System.Globalization;
using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>What R4 says in words only of what names something: systems, identifiers, ids, labels; and of attachments.</summary>
internal sealed partial class Walk
{
    /// <summary>A code system is named by an absolute URI, and is neither a value set nor a page about one (R4, datatypes.html#Coding).</summary>
    private bool IsSystem(FhirNode coding, string system)
    {
        var fault =
            IsRelative(system) && !system.StartsWith('#') ? "The system of a coding must be an absolute URI."
            : system.Contains("/ValueSet/", StringComparison.Ordinal) && IsValueSet(system)
                ? "The system of a coding must be a code system. This is a value set."
            : run.Schemas.Definitions.FindCodeSystem(system) is { Content: "supplement" }
                ? "The system of a coding must be a code system. This is a supplement: name the system that it adds to."
            : system.StartsWith("http://snomed.info/sct/", StringComparison.Ordinal)
                ? "The system of SNOMED CT is http://snomed.info/sct. Put the edition in version."
            : system.StartsWith("http://build.fhir.org/", StringComparison.Ordinal)
            || system.StartsWith("http://hl7.org/fhir/", StringComparison.Ordinal)
                && system.EndsWith(".html", StringComparison.Ordinal)
                ? "The system of a coding must be the URI of a code system, not the address of a page."
            : null;
        if (fault is not null)
            ReportAddress(coding.Child("system")!, fault);
        return fault is null;
    }

    /// <summary>A URI without scheme. What is no URI at all is told as that.</summary>
    private static bool IsRelative(string uri)
    {
        foreach (var c in uri)
            if (c == ':' || char.IsWhiteSpace(c))
                return false;
        return uri.Length > 0;
    }

    private bool IsValueSet(string system) =>
        system.StartsWith("http://hl7.org/fhir/ValueSet/", StringComparison.Ordinal)
        || run.Schemas.Definitions.FindValueSet(system) is not null;

    /// <summary>The system is absolute, and a value that is a URI by its system is one (R4, datatypes.html#Identifier).</summary>
    private void Identifier(FhirNode identifier)
    {
        if (identifier.Text("system") is not { } system)
            return;
        if (IsRelative(system))
            ReportAddress(identifier.Child("system")!, "The system of an identifier must be an absolute URI.");
        else if (
            system == "urn:ietf:rfc:3986"
            && identifier.Child("value") is { Value: { } value } place
            && !value.Contains(':', StringComparison.Ordinal)
        )
            ReportAddress(
                place,
                "The system says that the value is a URI, so it must begin with a scheme, such as urn:oid:."
            );
    }

    /// <summary>A definition is named by an absolute URL (R4, references.html#canonical); one that is contained by its id.</summary>
    private void CanonicalUrl(FhirNode url)
    {
        if (url is { Value: { } value, Parent: { ResourceType: not null, Name: not "contained" } } && IsRelative(value))
            ReportAddress(url, "The URL of a definition must be absolute.");
    }

    /// <summary>
    /// Ids of elements are unique within their resource (R4, element.html). Those of ElementDefinitions are paths: snapshot and differential have the same.
    /// </summary>
    private void ElementId(FhirNode id)
    {
        if (
            sink.IsSilent
            || id is not { Value: { } value, Parent: { ResourceType: null, Type: not "ElementDefinition" } element }
        )
            return;
        var (resource, _) = Targets.ResourcesOf(element);
        if (!run.ElementIds.TryAdd((resource, value), id) && !ReferenceEquals(run.ElementIds[(resource, value)], id))
            ReportDuplicate(id, "Another element of this resource has this id. Give each an id of its own.");
    }

    /// <summary>Labels are a set (R4, resource.html#Meta).</summary>
    private void SecurityLabels(FhirNode meta)
    {
        HashSet<(string?, string?)>? seen = null;
        foreach (var label in meta.ChildrenNamed("security"))
            if (!(seen ??= []).Add((label.Text("system"), label.Text("code"))) && label.Text("code") is not null)
                ReportDuplicate(label, "This security label is there twice. Leave one out.");
    }

    /// <summary>What is said of the size is true of the data, and neither is above what the profile allows.</summary>
    private void Attachment(FhirNode attachment, ElementSchema element)
    {
        long? told = long.TryParse(
            attachment.Text("size"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var size
        )
            ? size
            : null;
        long? real = attachment.Text("data") is { } data ? BytesIn(data) : null;
        if (told is not null && real is not null && told != real)
            ReportAttachmentSize(attachment, element, $"The attachment has {real} bytes, and says that it has {told}.");
        if (element.Model.MaxSize is { } most && (real ?? told) is { } bytes && bytes > most)
            ReportAttachmentSize(attachment, element, $"The attachment has {bytes} bytes; at most {most} are allowed.");
    }

    private static long BytesIn(string base64)
    {
        long characters = 0,
            padding = 0;
        foreach (var c in base64)
            if (c == '=')
                padding++;
            else if (!char.IsWhiteSpace(c))
                characters++;
        return (characters + padding) / 4 * 3 - padding;
    }
}
