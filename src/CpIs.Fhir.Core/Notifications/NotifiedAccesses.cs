using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>The accesses that a notification with <c>full-resource</c> carries, for the eyes of one authority.</summary>
/// <param name="Reader">The authority that is told; decides what each AuditEvent shows.</param>
/// <param name="Occurrences">By id. Only those that concern the reader.</param>
public sealed record NotifiedAccesses(Caller Reader, IReadOnlyDictionary<string, Occurrence> Occurrences)
{
    /// <summary>
    /// Reads what the events tell of, as the authority itself could by its id; what is not there or not the authority's is left out.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store did not answer; the attempt is made again later.</exception>
    internal static async Task<NotifiedAccesses> ReadAsync(
        IOccurrenceStore store,
        OdsCode authority,
        IEnumerable<NotificationEvent> events,
        CancellationToken cancellation
    )
    {
        var read = new Dictionary<string, Occurrence>(StringComparer.Ordinal);
        foreach (var id in events.SelectMany(e => e.Occurrences).Distinct(StringComparer.Ordinal))
            if (
                await store.ReadOccurrenceAsync(id, cancellation).ConfigureAwait(false) is { } occurrence
                && occurrence.Concerns.Contains(authority)
            )
                read.Add(id, occurrence);
        return new NotifiedAccesses(new Caller("", authority, "", CallerKind.Authority, null, [], []), read);
    }
}
