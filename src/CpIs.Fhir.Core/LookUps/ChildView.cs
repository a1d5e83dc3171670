using System.Collections.Frozen;
using CpIs.Fhir.Core.Numbers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>What is held of one child, and what of it a setting may see today.</summary>
/// <param name="Plans">Visible plans that are shown, ordered by authority, type and start.</param>
public sealed record ChildView(IReadOnlyList<VisiblePlan> Plans)
{
    /// <summary>Visible plans of which nothing is shown but that a protected record is held.</summary>
    public IReadOnlyList<VisiblePlan> Protected { get; private init; } = [];

    /// <summary>
    /// Authorities whose plans of this child are protected: the mark of one plan hides them all, for any other one would say where
    /// the family is. Also of a plan that has ended or was withdrawn: only the lead removes a mark.
    /// </summary>
    public IReadOnlySet<OdsCode> Hidden { get; private init; } = NoAuthority;

    private static readonly FrozenSet<OdsCode> NoAuthority = [];

    /// <summary>Puts together what the store holds.</summary>
    /// <exception cref="StoreUnavailableException">A plan has no Flag or no Patient: the store is not to be trusted.</exception>
    public static ChildView Of(IReadOnlyList<StoredResource> held, DateOnly today)
    {
        if (held.Count == 0 || InactiveNumber.IsMarked(held))
            return new ChildView([]);
        var plans = new List<VisiblePlan>();
        foreach (var episode in held)
        {
            if (episode is not { Type: RecordType.EpisodeOfCare, Plan: { } plan })
                continue;
            var patient = held.FirstOrDefault(r => r.Type == RecordType.Patient && r.Authority == episode.Authority);
            var flag = held.FirstOrDefault(r => r.Type == RecordType.Flag && r.Plan?.EpisodeId == episode.Id);
            if (patient is null || flag is null)
                throw new StoreUnavailableException($"EpisodeOfCare/{episode.Id} has no Patient or no Flag.");
            if (Visibility.IsVisible(plan, LondonCalendar.DayOf(episode.LastUpdated), patient.BirthDate, today))
                plans.Add(new VisiblePlan(episode, flag, patient, plan));
        }

        var hidden = held.Any(r => r.Plan is { IsProtected: true })
            ? held.Where(r => r.Plan is { IsProtected: true }).Select(r => r.Authority).ToFrozenSet()
            : NoAuthority;
        plans.Sort(
            (a, b) =>
                (a.Episode.Authority, a.Plan.Type.Code, a.Plan.Start).CompareTo(
                    (b.Episode.Authority, b.Plan.Type.Code, b.Plan.Start)
                )
        );
        return hidden.Count == 0
            ? new ChildView(plans)
            : new ChildView([.. plans.Where(plan => !hidden.Contains(plan.Episode.Authority))])
            {
                Protected = [.. plans.Where(plan => hidden.Contains(plan.Episode.Authority))],
                Hidden = hidden,
            };
    }

    /// <summary>True where an access is listed in the history that is shown today: it showed a plan of an authority that hides none.</summary>
    /// <param name="access">An access in the history.</param>
    public bool Lists(Occurrence access) =>
        Hidden.Count == 0 || access.Shown.Any(plan => !Hidden.Contains(plan.Authority));

    /// <summary>The plans as the occurrence keeps them, those that are protected too: their authority is told.</summary>
    public IReadOnlyList<ShownPlan> Shown() =>
        [
            .. Plans.Select(plan => Kept(plan, isProtected: false)),
            .. Protected.Select(plan => Kept(plan, isProtected: true)),
        ];

    private static ShownPlan Kept(VisiblePlan plan, bool isProtected) =>
        new(
            plan.Episode.Authority,
            plan.Plan.Type,
            plan.Episode.Id,
            plan.Episode.Version,
            plan.Flag.Id,
            plan.Flag.Version
        )
        {
            IsProtected = isProtected,
        };
}

/// <summary>One plan with everything that shows it.</summary>
/// <param name="Episode">The EpisodeOfCare.</param>
/// <param name="Flag">Its Flag.</param>
/// <param name="Patient">The authority's Patient.</param>
/// <param name="Plan">The plan.</param>
public sealed record VisiblePlan(StoredResource Episode, StoredResource Flag, StoredResource Patient, Plan Plan);
