using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>What became of the notices of one authority of one day.</summary>
/// <param name="Notices">How many there were.</param>
/// <param name="Delivered">How many of them a channel delivered.</param>
/// <param name="Taken">How many of them a named person took.</param>
/// <param name="TakenUndelivered">How many of these no channel had delivered: what is fetched from an inbox, for one.</param>
/// <param name="Waiting">Of how many nobody has been told.</param>
public sealed record DayCounts(int Notices, int Delivered, int Taken, int TakenUndelivered, int Waiting)
{
    private const int Page = 100;

    private static readonly NoticeState[] All = [NoticeState.Untold, NoticeState.Told, NoticeState.Taken];

    /// <summary>Counts the notices of look-ups within a time, and keeps none of them.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="authority">Whose.</param>
    /// <param name="from">From when on.</param>
    /// <param name="to">Until when, that moment not included.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public static async Task<DayCounts> ReadAsync(
        IWorklistStore store,
        OdsCode authority,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var counts = new DayCounts(0, 0, 0, 0, 0);
        PagePosition? after = null;
        do
        {
            var page = await store
                .ReadNoticesAsync(new NoticeQuery(authority, All, from, after, Page), cancellation)
                .ConfigureAwait(false);
            counts = page.Items.TakeWhile(notice => notice.Time < to).Aggregate(counts, With);
            after = page.Items.Count > 0 && page.Items[^1].Time < to ? page.Next : null;
        } while (after is not null);

        return counts;
    }

    private static DayCounts With(DayCounts counts, Notice notice)
    {
        // Where a person took what nobody had been told of, that ended it.
        var isDelivered = notice.Ended is not null && notice.Ended != notice.Taken;
        var isTaken = notice.Taken is not null;
        return new DayCounts(
            counts.Notices + 1,
            counts.Delivered + (isDelivered ? 1 : 0),
            counts.Taken + (isTaken ? 1 : 0),
            counts.TakenUndelivered + (isTaken && !isDelivered ? 1 : 0),
            counts.Waiting + (notice.State == NoticeState.Untold ? 1 : 0)
        );
    }
}
