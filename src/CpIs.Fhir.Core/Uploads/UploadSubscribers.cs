using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Tells an authority that an upload of its own was processed, where a Subscription of it asks for that. It is information about no child: without
/// such a Subscription there is nothing to be told, on the work-list no more than by an alarm.
/// </summary>
/// <param name="store">Where Subscriptions are.</param>
public sealed class UploadSubscribers(IRecordStore store)
{
    private static readonly Condition[] Asking =
    [
        new Condition.AnyToken([.. SubscriptionDocument.TopicTokens(Topic.UploadProcessed)]),
        new Condition.AnyToken([
            SubscriptionDocument.StatusToken(SubscriptionDocument.StatusCode(SubscriptionStatus.Active)),
            SubscriptionDocument.StatusToken(SubscriptionDocument.StatusCode(SubscriptionStatus.Error)),
        ]),
    ];

    /// <summary>The occurrence of an upload as it is to be committed with what the upload wrote.</summary>
    /// <param name="upload">What happened, with the counts as its reason.</param>
    /// <param name="stamp">The stamp of the upload.</param>
    /// <param name="verdict">How it ended.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task<Occurrence> TellAsync(
        Occurrence upload,
        UploadStamp stamp,
        UploadVerdict verdict,
        CancellationToken cancellation
    )
    {
        var asking = await store
            .SearchAsync(new RecordQuery(RecordType.Subscription, upload.Organisation, Asking), cancellation)
            .ConfigureAwait(false);
        return asking.Items.Any(subscription => subscription.Subscription!.TakesEvents)
            ? upload with
            {
                Upload = new UploadNotice(verdict, stamp.Time, stamp.Sequence),
                Obligations = [new Obligation(upload.Organisation, [])],
            }
            : upload;
    }
}
