using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// The one place of "Late never wins" (promise 15): whatever the order in which the uploads of a record arrive, and however
/// often, the record ends as the newest says, and a withdrawal among them holds. At one and the same stamp a plan only goes
/// forward (active, finished, withdrawn), so that a repeat opens nothing. See docs/adr/0036.
/// </summary>
internal static class Turns
{
    /// <summary>The turn of a Patient.</summary>
    public static Turn Of(StoredResource? held, UploadTime time) =>
        held is not null && time.Stamp.IsOlderThan(StampOf(held)) ? Turn.Superseded : Turn.Newest;

    /// <summary>The turn of a plan.</summary>
    /// <param name="held">Its EpisodeOfCare, or null.</param>
    /// <param name="sent">Where the upload says that the plan stands.</param>
    /// <param name="time">Of the upload.</param>
    public static Turn Of(StoredResource? held, PlanStatus sent, UploadTime time)
    {
        if (held is null)
            return Turn.Newest;
        var order = time.Stamp.CompareTo(StampOf(held));
        // What was sent just now is not the repeat of something that came at the same moment.
        var newer = order > 0 || (order == 0 && !time.IsSent);
        return (held.Plan!.Status, sent) switch
        {
            (PlanStatus.Withdrawn, not PlanStatus.Withdrawn) => newer ? Turn.UponWithdrawn : Turn.Superseded,
            (not PlanStatus.Withdrawn, PlanStatus.Withdrawn) => Turn.Newest,
            (PlanStatus.Finished, PlanStatus.Active) when newer => time.IsSent ? Turn.Newest : Turn.NeedsVersion,
            (PlanStatus.Finished, PlanStatus.Active) => Turn.Superseded,
            _ => order >= 0 ? Turn.Newest : Turn.Superseded,
        };
    }

    /// <summary>
    /// The stamp of a write of one resource, which is about what is held at this moment: the time it has, or one next to the held where that
    /// comes from a clock that is ahead, or from a request a moment before.
    /// </summary>
    public static UploadStamp After(StoredResource held, UploadStamp stamp) =>
        StampOf(held) is var before && before.IsOlderThan(stamp)
            ? stamp
            : before with
            {
                Sequence = before.Sequence + 1,
                Form = stamp.Form,
            };

    /// <summary>The stamp of a record; one from before stamps counts with when it was written.</summary>
    public static UploadStamp StampOf(StoredResource held) => held.Stamp ?? new UploadStamp(held.LastUpdated);
}
