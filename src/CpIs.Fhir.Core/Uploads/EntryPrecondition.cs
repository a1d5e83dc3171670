using System.Globalization;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// What an entry takes for granted of the store, against what is there: whose id it is, whether it is there already, and
/// which version is current.
/// </summary>
internal static class EntryPrecondition
{
    /// <summary>Tells, where the entry tells, what does not hold.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="existing">The authority's own resource with the identifier of the entry's, or null.</param>
    /// <param name="held">Everything read for the upload.</param>
    public static void Check(UploadEntry entry, StoredResource? existing, UploadSnapshot held)
    {
        switch (entry.Target)
        {
            case EntryTarget.ById when existing?.Id != entry.Id && held.HasOwn(entry.Type, entry.Id!):
                entry.Place.Break(
                    "identifier",
                    "cpis-identifier-immutable",
                    $"{What(entry)}: the id in the URL is that of a record with another identifier. Send it by its own identifier.",
                    SpineCodes.InvalidUpdate
                );
                break;
            case EntryTarget.ById when existing?.Id != entry.Id:
                entry.Request.Add(
                    RefusalKind.Unknown,
                    "not-found",
                    "url",
                    "cpis-entry-unknown",
                    $"{entry.Type}/{entry.Id} is not known. The server gives ids: send a new resource by its identifier.",
                    SpineCodes.ResourceNotFound
                );
                break;
            case EntryTarget.ByIdentifier when entry.Id is not null && existing?.Id != entry.Id:
                entry.Place.Add(
                    RefusalKind.Malformed,
                    "invalid",
                    "id",
                    "cpis-entry-id",
                    $"{What(entry)} has another id, or is not held yet. Leave the id out: the server gives ids."
                );
                break;
            case EntryTarget.New when existing is not null:
                entry.Place.Add(
                    RefusalKind.Conflict,
                    "duplicate",
                    "identifier",
                    "cpis-entry-duplicate",
                    $"{What(entry)} is held already. Send a PUT by identifier to change it.",
                    SpineCodes.InvalidUpdate
                );
                break;
        }

        CheckVersion(entry, existing);
    }

    private static void CheckVersion(UploadEntry entry, StoredResource? existing)
    {
        if (entry.IfMatch is { } version && existing?.Version != version)
            entry.Request.Add(
                RefusalKind.PreconditionFailed,
                "conflict",
                "ifMatch",
                "cpis-entry-if-match",
                existing is null
                    ? $"{What(entry)} is not held yet, so it has no version. Leave ifMatch out."
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{What(entry)} is at version {existing.Version}. Sent: {version}. Read it and send again."
                    ),
                SpineCodes.ResourceVersionMismatch
            );
    }

    private static string What(UploadEntry entry) => entry.Plan is { } plan ? $"Plan {plan.PlanId}" : "This Patient";
}
