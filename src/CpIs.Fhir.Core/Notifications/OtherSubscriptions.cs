using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>What the other Subscriptions of an authority stand in the way of: one more than it may have, and a second place of action.</summary>
public sealed class OtherSubscriptions(PlacesOfAction places, NotificationOptions options)
{
    /// <summary>Why a Subscription cannot be as it is wanted, or null.</summary>
    /// <param name="authority">Whose.</param>
    /// <param name="id">Which; null for a new one.</param>
    /// <param name="wanted">Its terms.</param>
    /// <param name="isOneMore">Whether it adds to those that are not off.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task<Refusal?> FindObstacleAsync(
        OdsCode authority,
        string? id,
        SubscriptionTerms wanted,
        bool isOneMore,
        CancellationToken cancellation
    )
    {
        if (wanted.Status == SubscriptionStatus.Off)
            return null;
        var others = await places.ReadCandidatesAsync(authority, cancellation).ConfigureAwait(false);
        if (isOneMore && others.Count >= options.MaxSubscriptions)
            return Refuse(
                $"An authority has at most {options.MaxSubscriptions} Subscriptions that are not off. Set one to off first.",
                "Subscription",
                SpineCodes.TooManyValues,
                "cpis-subscription-limit"
            );
        return
            wanted.PlaceOfAction == true
            && others.FirstOrDefault(other =>
                other.Id != id && other.Subscription is { PlaceOfAction: true } terms && terms.Topic == wanted.Topic
            )
                is { } named
            ? Refuse(
                $"An authority has one place of action for a topic. Yours is Subscription/{named.Id}. Send that one with place-of-action false first.",
                "Subscription.extension",
                SpineCodes.InvalidValue,
                "cpis-subscription-place"
            )
            : null;
    }

    private static Refusal Refuse(string sentence, string place, string code, string rule) =>
        Refusal.Because(RefusalKind.Rule, new Issue("business-rule", sentence, place, code, Rule: rule));
}
