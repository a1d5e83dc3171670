using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Core.Restores;

/// <summary>What a store knows of its restores. Decides what the step after a restore does, for every store alike.</summary>
/// <param name="Epoch">How often it was told that it was restored; 0 for never.</param>
/// <param name="IsUnopened">True when no server has opened it since.</param>
/// <param name="Subscriptions">Every Subscription that it knows.</param>
public sealed record StoreEpoch(long Epoch, bool IsUnopened, IReadOnlyList<NumberedSubscription> Subscriptions)
{
    /// <summary>
    /// What is to be done. Every Subscription jumps, also one that the copy knows no event of: its first may have been numbered since.
    /// </summary>
    public RestoreOutcome Decide(RestoreTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var known = Subscriptions.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        var lost = terms.Mark?.Subscriptions.Where(marked => !known.Contains(marked.Id)).ToList() ?? [];
        if (IsDone && !terms.Again && terms.Mark?.FindAhead(this) is null)
            return new RestoreOutcome(
                IsNew: false,
                Epoch,
                Ordered(Subscriptions.Select(s => new NumberingJump(s.Id, s.Authority, s.Gaps[^1]))),
                lost
            );
        return new RestoreOutcome(
            IsNew: true,
            Math.Max(Epoch, terms.Mark?.Epoch ?? 0) + 1,
            Ordered(
                Subscriptions.Select(s => new NumberingJump(
                    s.Id,
                    s.Authority,
                    new NumberingGap(
                        s.LastNumber + 1,
                        Math.Max(s.LastNumber, terms.Mark?.LastOf(s.Id) ?? 0) + terms.Jump - 1,
                        terms.Now
                    )
                ))
            ),
            lost
        );
    }

    private bool IsDone => Epoch > 0 && IsUnopened && Subscriptions.All(s => s.IsAtJump);

    private static List<NumberingJump> Ordered(IEnumerable<NumberingJump> jumps) =>
        [
            .. jumps
                .OrderBy(j => j.Authority.Value, StringComparer.Ordinal)
                .ThenBy(j => j.SubscriptionId, StringComparer.Ordinal),
        ];
}
