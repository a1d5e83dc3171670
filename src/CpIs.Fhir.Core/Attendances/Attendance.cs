using CpIs.Fhir.Core.LookUps;

namespace CpIs.Fhir.Core.Attendances;

/// <summary>
/// One visit of a child to one setting, as far as its look-ups tell. An authority is told of it once, and again only of a plan
/// that it was not told of yet. Decided when a look-up is written, from the accesses that it reads anyway
/// (docs/adr/0028-attendance.md).
/// </summary>
public static class Attendance
{
    /// <summary>An attendance without a look-up for this long has ended.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromHours(4);

    /// <summary>An attendance that opened this long ago has ended, however much is looked up in it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    /// <summary>
    /// Of look-ups that add nothing, the first in so much time stands for the others, so that a page that asks every second
    /// does not fill what each look-up reads. An attendance may end earlier by as much: told once too often, never too seldom.
    /// </summary>
    public static readonly TimeSpan Burst = TimeSpan.FromMinutes(1);

    /// <summary>Says which attendances an unscheduled hit belongs to, and whom it obliges to tell of what.</summary>
    /// <param name="hit">The access with what it showed.</param>
    /// <param name="earlier">
    /// Accesses of the child: at least those of the last <see cref="Longest"/> that look-ups read
    /// (<see cref="Occurrence.IsReadByLookUps"/>), in any order.
    /// </param>
    public static Occurrence Place(Occurrence hit, IReadOnlyList<Occurrence> earlier)
    {
        var here = earlier.Where(access => access.Organisation == hit.Organisation).ToList();
        var parts = new List<AttendancePart>();
        var obligations = new List<Obligation>();
        var prolongs = false;
        foreach (var shown in hit.Shown.GroupBy(plan => plan.Authority))
        {
            var open = here.Select(access => (Access: access, Part: PartOf(access, shown.Key)))
                .Where(known => known.Part is not null && IsOpen(known.Access.Time, known.Part.Opened, hit.Time))
                .ToList();
            // Of several that raced to open it, the earliest did.
            var opener = open.Select(known => known.Part!).MinBy(part => (part.Opened, part.Opener));
            parts.Add(opener ?? new AttendancePart(shown.Key, hit.Id, hit.Time));
            var told = open.SelectMany(known => ToldOf(known.Access, shown.Key)).ToHashSet(StringComparer.Ordinal);
            var news = shown.Where(plan => !told.Contains(plan.EpisodeId)).ToList();
            if (news.Count > 0)
                obligations.Add(new Obligation(shown.Key, news));
            prolongs |= open.Count > 0 && hit.Time - open.Max(known => known.Access.Time) >= Burst;
        }

        return hit with
        {
            Attendances = parts,
            Obligations = obligations,
            Prolongs = prolongs,
        };
    }

    /// <summary>
    /// Whether two obligations of one authority, child and setting are of one attendance although both believed to be its first.
    /// Two that open attendances less than <see cref="Quiet"/> apart can only have raced.
    /// </summary>
    public static bool IsSame(DateTimeOffset one, DateTimeOffset other) => (one - other).Duration() < Quiet;

    private static bool IsOpen(DateTimeOffset lookedUp, DateTimeOffset opened, DateTimeOffset now) =>
        now - lookedUp < Quiet && now - opened < Longest;

    /// <summary>
    /// Accesses from before attendances were kept told of everything that they showed: each counts as one that opened.
    /// </summary>
    private static AttendancePart? PartOf(Occurrence access, OdsCode authority) =>
        access.Attendances.Count > 0 ? access.Attendances.FirstOrDefault(part => part.Authority == authority)
        : access.Obligations.Any(obligation => obligation.Authority == authority)
            ? new AttendancePart(authority, access.Id, access.Time)
        : null;

    private static IEnumerable<string> ToldOf(Occurrence access, OdsCode authority) =>
        access
            .Obligations.Where(obligation => obligation.Authority == authority)
            .SelectMany(obligation => obligation.Plans)
            .Select(plan => plan.EpisodeId);
}
