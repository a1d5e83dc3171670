using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>How long a notice of an authority may wait on the channel that it has (design.md, "What settles").</summary>
public sealed class ChannelLimits(IRecordStore records)
{
    /// <summary>
    /// 24 hours for an authority whose Subscriptions are all MESH, which is emptied once a day; else
    /// <see cref="UntoldLimits.TakeWithin"/>: also without a Subscription, and when it cannot be known now.
    /// </summary>
    public async Task<TimeSpan> TakeWithinAsync(OdsCode authority, CancellationToken cancellation)
    {
        try
        {
            var held = await records
                .SearchAsync(new RecordQuery(RecordType.Subscription, authority, []) { Count = 1_000 }, cancellation)
                .ConfigureAwait(false);
            var taking = held
                .Items.Select(subscription => subscription.Subscription)
                .Where(terms => terms is { TakesEvents: true } && terms.Topic.Row().TellsOfChild)
                .ToList();
            return taking.Count > 0 && taking.TrueForAll(terms => terms!.Channel == ChannelKind.Mesh)
                ? MeshOptions.TakeWithin
                : UntoldLimits.TakeWithin;
        }
        catch (StoreUnavailableException)
        {
            return UntoldLimits.TakeWithin;
        }
    }
}
