using CpIs.Fhir.Core.Numbers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>What is held of one child, and what of it a setting may see today.</summary>
/// <param name="Plans">Visible plans, ordered by authority, type and start.</param>
public sealed record ChildView(IReadOnlyList<VisiblePlan> Plans)
{
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

        plans.Sort(
            (a, b) =>
                (a.Episode.Authority, a.Plan.Type.Code, a.Plan.Start).CompareTo(
                    (b.Episode.Authority, b.Plan.Type.Code, b.Plan.Start)
                )
        );
        return new ChildView(plans);
    }

    /// <summary>The plans as the occurrence keeps them.</summary>
    public IReadOnlyList<ShownPlan> Shown() =>
        [
            .. Plans.Select(p => new ShownPlan(
                p.Episode.Authority,
                p.Plan.Type,
                p.Episode.Id,
                p.Episode.Version,
                p.Flag.Id,
                p.Flag.Version
            )),
        ];
}

/// <summary>One plan with everything that shows it.</summary>
/// <param name="Episode">The EpisodeOfCare.</param>
/// <param name="Flag">Its Flag.</param>
/// <param name="Patient">The authority's Patient.</param>
/// <param name="Plan">The plan.</param>
public sealed record VisiblePlan(StoredResource Episode, StoredResource Flag, StoredResource Patient, Plan Plan);
