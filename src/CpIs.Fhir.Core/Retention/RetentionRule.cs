using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Retention;

/// <summary>Which records of a child have been kept long enough. Pure; days are days in London.</summary>
internal static class RetentionRule
{
    /// <summary>
    /// What may go of one authority's records of one child, to be removed together: plans that could last be shown more than
    /// so many days ago, each with its Flag, and the Patient when no plan is left of it and it was not told again since.
    /// </summary>
    /// <param name="patient">The authority's Patient.</param>
    /// <param name="held">Everything held of the child; other authorities' is passed over.</param>
    /// <param name="days">How long they are kept.</param>
    /// <param name="today">The day in London.</param>
    public static IReadOnlyList<Removal> Removals(
        StoredResource patient,
        IReadOnlyList<StoredResource> held,
        int days,
        DateOnly today
    )
    {
        var own = held.Where(r => r.Authority == patient.Authority && r.Type != RecordType.Patient).ToList();
        var gone = own.Where(r => IsOver(LastVisibleDay(r, patient.BirthDate), days, today))
            .Select(episode => episode.Plan!.EpisodeId)
            .ToHashSet(StringComparer.Ordinal);
        // A mark hides the authority's other plans too: it stays as long as one of them.
        if (own.Any(r => !gone.Contains(r.Plan!.EpisodeId)))
            gone.ExceptWith(own.Where(r => r.Plan!.IsProtected).Select(r => r.Plan!.EpisodeId));
        // An EpisodeOfCare and its Flag tell the same plan, and both were written when it last changed.
        var going = own.Where(r => gone.Contains(r.Plan!.EpisodeId)).ToList();
        if (going.Count == own.Count && IsOver(LondonCalendar.DayOf(patient.LastUpdated), days, today))
            going.Add(patient);
        return [.. going.Select(r => new Removal(r.Type, r.Id, r.Version))];
    }

    private static DateOnly? LastVisibleDay(StoredResource record, DateOnly? birthDate) =>
        record.Type == RecordType.EpisodeOfCare
            ? Visibility.LastVisibleDay(record.Plan!, birthDate, LondonCalendar.DayOf(record.LastUpdated))
            : null;

    private static bool IsOver(DateOnly? last, int days, DateOnly today) =>
        last is { } day && today.DayNumber - day.DayNumber > days;
}
