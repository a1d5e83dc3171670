using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Where the people of an authority act on its notices. Each of its Subscriptions gets every event, but only what is delivered at the place of
/// action tells the authority: a feed of statistics that answers 200 has told nobody (design.md, "No Subscription").
/// </summary>
public sealed class PlacesOfAction(IRecordStore records)
{
    private static readonly Condition NotOff = new Condition.AnyToken([
        SubscriptionDocument.StatusToken("requested"),
        SubscriptionDocument.StatusToken("active"),
        SubscriptionDocument.StatusToken("error"),
    ]);

    /// <summary>
    /// The place of action for a topic among the Subscriptions of one authority: the one that it named, else the first that was created; never one that is off,
    /// or that it said is none. One that fails, or has not shaken hands yet, stays the place: what others deliver meanwhile stays untold, and is seen.
    /// Null when there is none.
    /// </summary>
    public static StoredResource? Among(IEnumerable<StoredResource> subscriptions, Topic topic) =>
        subscriptions
            .Where(each =>
                each.Subscription is { Status: not SubscriptionStatus.Off, PlaceOfAction: not false } terms
                && terms.Topic == topic
            )
            .OrderBy(each => each.Subscription!.PlaceOfAction is null)
            // Ids are made so that they sort by when they were made (IdGenerator).
            .ThenBy(each => each.Id, StringComparer.Ordinal)
            .FirstOrDefault();

    /// <summary>The Subscriptions of an authority that are not off: few, as many as it may have.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<IReadOnlyList<StoredResource>> ReadCandidatesAsync(
        OdsCode authority,
        CancellationToken cancellation
    ) =>
        (
            await records
                .SearchAsync(
                    new RecordQuery(RecordType.Subscription, authority, [NotOff]) { Count = 1_000 },
                    cancellation
                )
                .ConfigureAwait(false)
        ).Items;

    /// <summary>The place of action of an authority for a topic, or null.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<StoredResource?> FindAsync(OdsCode authority, Topic topic, CancellationToken cancellation) =>
        Among(await ReadCandidatesAsync(authority, cancellation).ConfigureAwait(false), topic);

    /// <summary>The places of action of an authority, for each topic that tells of a child and has one.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<IReadOnlyList<WorklistPlace>> AllAsync(OdsCode authority, CancellationToken cancellation)
    {
        var candidates = await ReadCandidatesAsync(authority, cancellation).ConfigureAwait(false);
        return
        [
            .. TopicTable
                .All.Where(row => row.TellsOfChild)
                .Select(row => Among(candidates, row.Topic))
                .OfType<StoredResource>()
                .Select(place => (place.Id, Terms: place.Subscription!))
                .Select(place => new WorklistPlace(
                    place.Id,
                    place.Terms.Topic,
                    ChannelCode(place.Terms.Channel),
                    SubscriptionDocument.StatusCode(place.Terms.Status)
                )),
        ];
    }

    /// <summary>Whether a Subscription is its authority's place of action for its topic now: what it delivers settles.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<bool> IsAsync(StoredResource subscription, CancellationToken cancellation) =>
        (
            await FindAsync(subscription.Authority, subscription.Subscription!.Topic, cancellation)
                .ConfigureAwait(false)
        )?.Id == subscription.Id;

    private static string ChannelCode(ChannelKind channel) =>
        channel switch
        {
            ChannelKind.RestHook => "rest-hook",
            ChannelKind.Inbox => "inbox",
            ChannelKind.Mesh => "mesh",
            _ => throw new ArgumentOutOfRangeException(nameof(channel)),
        };
}
