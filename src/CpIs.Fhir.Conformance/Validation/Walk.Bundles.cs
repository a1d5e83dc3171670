using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>What R4 says of Bundles in words only (bundle.html#bundle-unique): the invariants of Bundle run as all others.</summary>
internal sealed partial class Walk
{
    private void Bundle(FhirNode bundle)
    {
        foreach (var entry in bundle.ChildrenNamed("entry"))
            if (entry.Text("fullUrl") is { } url && entry.Child("resource") is { ResourceType: { } type } resource)
                FullUrl(entry, url, type, resource);
    }

    /// <summary>A fullUrl in the form of a RESTful URL ends in the type and id of its resource.</summary>
    private void FullUrl(FhirNode entry, string url, string type, FhirNode resource)
    {
        if (Targets.TypeIn(url) is not { } told || !url.StartsWith("http", StringComparison.Ordinal))
            return;
        var id = url[(url.LastIndexOf('/') + 1)..];
        if (told != type || resource.Text("id") is { } own && own != id)
            ReportFullUrl(entry.Child("fullUrl")!, type, resource.Text("id"));
    }
}
