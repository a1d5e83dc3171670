using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>How long a notice of an authority may wait on the channel that it has (design.md, "What settles").</summary>
public sealed class ChannelLimits(PlacesOfAction places)
{
    /// <summary>
    /// For notices of look-ups: 24 hours for an authority whose place of action (<see cref="PlacesOfAction"/>) is MESH, which is emptied once a day; else
    /// <see cref="UntoldLimits.TakeWithin"/>: also without a Subscription, and when it cannot be known now.
    /// </summary>
    public async Task<TimeSpan> TakeWithinAsync(OdsCode authority, CancellationToken cancellation)
    {
        try
        {
            var place = await places.FindAsync(authority, Topic.RecordAccessed, cancellation).ConfigureAwait(false);
            return place?.Subscription is { TakesEvents: true, Channel: ChannelKind.Mesh }
                ? MeshOptions.TakeWithin
                : UntoldLimits.TakeWithin;
        }
        catch (StoreUnavailableException)
        {
            return UntoldLimits.TakeWithin;
        }
    }
}
