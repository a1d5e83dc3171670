using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>Finds the records of one authority as a single write names them. Not yours is unknown: another's is null like what is not there.</summary>
internal sealed class OwnRecords(IRecordStore store, OdsCode authority)
{
    /// <summary>By the id in the URL.</summary>
    public async Task<StoredResource?> ByIdAsync(RecordType type, string id, CancellationToken cancellation) =>
        await store.ReadAsync(type, id, null, cancellation).ConfigureAwait(false) is { } held
        && held.Authority == authority
            ? held
            : null;

    /// <summary>By the identifier that makes it the one of its kind: the NHS number of a Patient, the authority's own plan id of the others.</summary>
    public async Task<StoredResource?> ByIdentifierAsync(
        RecordType type,
        (string System, string Value) identifier,
        CancellationToken cancellation
    )
    {
        if (identifier.System != (type == RecordType.Patient ? FhirSystems.NhsNumber : FhirSystems.PlanId(authority)))
            return null;
        var identity = UploadSnapshot.Identity(authority, identifier.Value);
        var found = await store.ReadByIdentityAsync(type, [identity], cancellation).ConfigureAwait(false);
        return found.GetValueOrDefault(identity);
    }
}
