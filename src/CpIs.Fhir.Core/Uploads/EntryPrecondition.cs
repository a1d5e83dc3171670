using System.Globalization;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// What an entry takes for granted of the store, against what is there: which id it has and which version is current.
/// </summary>
internal static class EntryPrecondition
{
    /// <summary>The rule that ids are the server's.</summary>
    public const string Id = "cpis-entry-id";

    /// <summary>Tells, where the entry tells, what does not hold.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="existing">The authority's own resource with the identifier of the entry's, or null.</param>
    /// <param name="mustBeNew">True for a create.</param>
    public static void Check(UploadEntry entry, StoredResource? existing, bool mustBeNew)
    {
        // What was deleted is told as the withdrawn plan that it is.
        if (mustBeNew && existing is { IsDeleted: false })
            entry.Place.Add(
                RefusalKind.Conflict,
                "duplicate",
                "identifier",
                "cpis-entry-duplicate",
                $"{What(entry)} is held already, as {existing.Type}/{existing.Id}. Update it there by PUT, or by PUT {existing.Type}?identifier=.",
                SpineCodes.InvalidUpdate
            );
        // The id in what is created is not looked at (R4 http.html#create).
        if (!mustBeNew && entry.Id is not null && existing?.Id != entry.Id)
            entry.Place.Add(
                RefusalKind.Malformed,
                "invalid",
                "id",
                Id,
                $"{What(entry)} has another id, or is not held yet. Send it to the address that it has, or without an id: the server gives ids."
            );
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
                    ? $"{What(entry)} is not held yet, so it has no version to match. Send it without one."
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{What(entry)} is at version {existing.Version}. Sent: {version}. Read it and send again."
                    ),
                SpineCodes.ResourceVersionMismatch
            );
    }

    private static string What(UploadEntry entry) => entry.Plan is { } plan ? $"Plan {plan.PlanId}" : "This Patient";
}
