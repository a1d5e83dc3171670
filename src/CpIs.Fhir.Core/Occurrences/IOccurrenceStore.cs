using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Occurrences;

/// <summary>Occurrences: written once, never changed. Throws <see cref="StoreUnavailableException"/> as <see cref="IRecordStore"/> does.</summary>
public interface IOccurrenceStore
{
    /// <summary>
    /// Writes one occurrence with its obligations as one document and returns when it is durable (SQLite: after the
    /// fdatasync of the log that holds it; many waiting occurrences share one). The same id written twice counts once.
    /// </summary>
    Task RecordAsync(Occurrence occurrence, CancellationToken cancellation);

    /// <summary>
    /// What a look-up must know of earlier ones, newest first: the newest <paramref name="count"/> accesses that are in the
    /// history of a child; were it further back, the newest of these by the person since <paramref name="since"/>; and
    /// every other access since <paramref name="attendedSince"/> that look-ups read (<see cref="Occurrence.IsReadByLookUps"/>),
    /// however many lie in between.
    /// </summary>
    /// <param name="child">The child.</param>
    /// <param name="sdsUserId">The person who asks now.</param>
    /// <param name="since">How far back the person's own newest access is looked for.</param>
    /// <param name="count">Most accesses of the history that are wanted.</param>
    /// <param name="attendedSince">How far back an attendance may have begun that is not over.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    Task<IReadOnlyList<Occurrence>> ReadHistoryAsync(
        NhsNumber child,
        string sdsUserId,
        DateTimeOffset since,
        int count,
        DateTimeOffset attendedSince,
        CancellationToken cancellation
    );

    /// <summary>One occurrence, or null.</summary>
    Task<Occurrence?> ReadOccurrenceAsync(string id, CancellationToken cancellation);

    /// <summary>A page of occurrences, newest first.</summary>
    Task<Page<Occurrence>> SearchOccurrencesAsync(OccurrenceQuery query, CancellationToken cancellation);
}
