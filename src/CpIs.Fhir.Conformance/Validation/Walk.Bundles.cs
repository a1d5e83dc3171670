using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>What R4 says of Bundles in words only (bundle.html, documents.html): the invariants of Bundle run as all others.</summary>
internal sealed partial class Walk
{
    private void Bundle(FhirNode bundle)
    {
        var type = bundle.Text("type");
        Links(bundle);
        foreach (var entry in bundle.ChildrenNamed("entry"))
            if (entry.Child("resource") is { ResourceType: { } resourceType } resource)
            {
                if (entry.Child("fullUrl") is { Value: { } url } place)
                    FullUrl(place, url, resourceType, resource);
                else if (type is "document" or "message" or "searchset" or "collection" or "history")
                    if (resourceType != "OperationOutcome")
                        ReportNoFullUrl(entry);
                if (type == "searchset")
                    Found(entry, resourceType, resource);
            }

        if (type == "document")
            Document(bundle);
    }

    /// <summary>A page has one address, one that follows it, and so on.</summary>
    private void Links(FhirNode bundle)
    {
        HashSet<string>? seen = null;
        foreach (var link in bundle.ChildrenNamed("link"))
            if (
                link.Child("relation") is { Value: { } relation } place
                && relation is "self" or "first" or "previous" or "prev" or "next" or "last"
                && !(seen ??= []).Add(relation)
            )
                ReportDuplicate(place, $"A Bundle has one link of the relation {relation}. Leave the others out.");
    }

    /// <summary>A fullUrl is absolute; in the form of a RESTful URL it ends in the type and id of its resource (bundle.html#bundle-unique).</summary>
    private void FullUrl(FhirNode place, string url, string type, FhirNode resource)
    {
        if (!url.Contains(':', StringComparison.Ordinal))
        {
            ReportRelativeFullUrl(place);
            return;
        }

        if (Targets.TypeIn(url) is not { } told || !url.StartsWith("http", StringComparison.Ordinal))
            return;
        var id = url[(url.LastIndexOf('/') + 1)..];
        if (told != type || resource.Text("id") is { } own && own != id)
            ReportFullUrl(place, type, resource.Text("id"));
    }

    /// <summary>What a search found has an id; what it has to say besides is an OperationOutcome (search.html#entries).</summary>
    private void Found(FhirNode entry, string type, FhirNode resource)
    {
        var mode = entry.Child("search")?.Text("mode");
        if (mode == "outcome" && type != "OperationOutcome")
            ReportEntry(
                entry,
                $"An entry of the mode outcome holds an OperationOutcome. This one holds {Short(type)}."
            );
        else if (mode != "outcome" && resource.Child("id") is null && (mode is not null || type != "OperationOutcome"))
            ReportEntry(entry, "What a search found has an id. Add the id of the resource.", $"{resource.Path}.id");
    }

    /// <summary>What a Composition refers to is in its document (documents.html#content).</summary>
    private void Document(FhirNode bundle)
    {
        if (bundle.Child("entry")?.Child("resource") is not { ResourceType: "Composition" } composition)
            return; // bdl-11
        foreach (var name in (ReadOnlySpan<string>)["subject", "encounter", "author", "custodian"])
            InDocument(composition, name);
        foreach (var attester in composition.ChildrenNamed("attester"))
            InDocument(attester, "party");
        foreach (var happened in composition.ChildrenNamed("event"))
            InDocument(happened, "detail");
        Sections(composition);
    }

    private void Sections(FhirNode above)
    {
        foreach (var section in above.ChildrenNamed("section"))
        {
            foreach (var name in (ReadOnlySpan<string>)["author", "focus", "entry"])
                InDocument(section, name);
            Sections(section);
        }
    }

    private void InDocument(FhirNode from, string name)
    {
        foreach (var reference in from.ChildrenNamed(name))
            if (
                reference.Text("reference") is { Length: > 0 } literal
                && literal[0] != '#'
                && run.Targets.Resolve(reference, literal) is null
            )
                ReportNotInDocument(reference, literal);
    }
}
