using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>Brings each Flag of an upload together with its EpisodeOfCare, where that is in the same Bundle.</summary>
/// <param name="targets">What references lead to.</param>
/// <param name="children">Which entries agree with their Patient: one that does not says nothing of others.</param>
/// <param name="found">Where disagreements go.</param>
internal sealed class FlagEntries(SentTargets targets, ChildAgreement children, List<Disagreement> found)
{
    public void Check(IReadOnlyList<SentEntry> entries)
    {
        var episodes = new Dictionary<(string, string), SentEntry>();
        foreach (var entry in entries)
            if (entry.Is(RecordType.EpisodeOfCare) && entry.Record!.Key is { } key)
                episodes.TryAdd(key, entry);
        foreach (var flag in entries)
            if (flag.Is(RecordType.Flag) && (EpisodeOf(flag, episodes) is not { } episode || Compare(flag, episode)))
                children.CheckNumber(flag);
    }

    /// <summary>The EpisodeOfCare that the Flag refers to, or that has its plan id; null when there is none in the Bundle.</summary>
    private SentEntry? EpisodeOf(SentEntry flag, Dictionary<(string, string), SentEntry> episodes)
    {
        var record = flag.Record!;
        var samePlan = record.Key is { } key ? episodes.GetValueOrDefault(key) : null;
        if (record.Detail is not { Value: { } reference } at)
            return samePlan;
        if (targets.Find(flag, reference) is { } target)
            return target.Is(RecordType.EpisodeOfCare) && HasPlanIdOf(record, target.Record!) ? target : null;
        if (SentTargets.IsUuid(reference))
            found.Add(
                new(
                    UploadAgreement.FlagAgrees,
                    at,
                    $"The reference of the Flag does not match the fullUrl of any entry of this Bundle. Send the fullUrl of its EpisodeOfCare. Sent: {Shown.Value(reference)}."
                )
            );
        return samePlan;
    }

    private bool HasPlanIdOf(SentRecord flag, SentRecord episode)
    {
        if ((flag.Key, episode.Key) is not ({ } own, { } wanted) || own == wanted)
            return true;
        found.Add(
            new(
                UploadAgreement.FlagAgrees,
                flag.Identifier!,
                $"Flag.identifier must be that of the EpisodeOfCare it refers to. Sent: {Shown.Value(own.Value)}. Expected: {Shown.Value(wanted.Value)}."
            )
        );
        return false;
    }

    /// <summary>True when they agree on the child.</summary>
    private bool Compare(SentEntry flag, SentEntry episode)
    {
        var agree = true;
        var (said, plan) = (PlanSaid.By(flag.Record!), PlanSaid.By(episode.Record!));
        if (!children.Agrees(episode))
            said = said with { Child = null };
        foreach (var (element, text) in FlagAgreement.Differences(said, plan, together: true))
        {
            agree &= element != "subject";
            var names = element.Split('.');
            var at = flag.Record!.Resource;
            string? missing = null;
            foreach (var name in names)
                if (at.Child(name) is { } child)
                    at = child;
                else
                    missing = name;
            found.Add(new(UploadAgreement.FlagAgrees, at, text, missing));
        }

        return agree;
    }
}
