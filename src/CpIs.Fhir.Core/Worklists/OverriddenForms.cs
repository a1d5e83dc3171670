using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Worklists;

/// <summary>
/// Records that a person had changed by form, and of which the authority's case system said otherwise since. One leaves the list when it
/// changes again, when a person sends a form that says what is held, or after <see cref="Days"/>. See docs/adr/0062.
/// </summary>
public sealed class OverriddenForms(IRecordStore store)
{
    /// <summary>For so many London days it is listed, the day on which it was overridden included.</summary>
    public const int Days = 30;

    private const int Page = 100;
    private static readonly RecordType[] Types = [RecordType.Patient, RecordType.EpisodeOfCare];

    /// <summary>An authority's records, Patients first, the oldest first.</summary>
    /// <param name="authority">Whose.</param>
    /// <param name="from">The first London day on which they were overridden.</param>
    /// <param name="to">The last; at most <see cref="Days"/> in all.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<IReadOnlyList<StoredResource>> ReadAsync(
        OdsCode authority,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellation
    )
    {
        var days = Enumerable
            .Range(0, to.DayNumber - from.DayNumber + 1)
            .Select(day => SearchTokens.OverriddenForm(from.AddDays(day)));
        var asked = new Condition.AnyToken([.. days]);
        var found = new List<StoredResource>();
        foreach (var type in Types)
            await ReadAllAsync(new RecordQuery(type, authority, [asked]) { Count = Page }, found, cancellation)
                .ConfigureAwait(false);
        return found;
    }

    private async Task ReadAllAsync(RecordQuery query, List<StoredResource> found, CancellationToken cancellation)
    {
        do
        {
            var page = await store.SearchAsync(query, cancellation).ConfigureAwait(false);
            // A form that says what is held ends it without a version, and so without a change of what is searched.
            found.AddRange(page.Items.Where(record => record.OverriddenForm is not null));
            query = query with { After = page.Next };
        } while (query.After is not null);
    }
}
