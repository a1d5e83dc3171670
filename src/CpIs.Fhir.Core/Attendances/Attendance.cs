using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.Attendances;

/// <summary>
/// One visit of a child to one setting, as far as its look-ups tell. An authority is notified of it once, and again only of a plan
/// that it was not told of yet. Decided when a look-up is written, from the accesses that it reads anyway
/// (docs/adr/0037-attendance.md).
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
            var known = here.Select(access => (Access: access, Part: access.AttendanceOf(shown.Key)))
                .Where(one => one.Part is not null)
                .ToList();
            var open = known.Where(one => IsOpen(one.Access.Time, one.Part!.Opened, hit.Time)).ToList();
            // Of several that raced to open it, the earliest did.
            var opener = open.Select(one => one.Part!).MinBy(part => (part.Opened, part.Opener));
            var part = opener ?? new AttendancePart(shown.Key, hit.Id, hit.Time);
            parts.Add(part);
            var told = known
                .Where(one => opener is not null && IsSame(one.Part!.Opened, part.Opened))
                .SelectMany(one => ToldOf(one.Access, shown.Key))
                .ToHashSet(StringComparer.Ordinal);
            var news = shown.Where(plan => !told.Contains(plan.EpisodeId)).ToList();
            if (news.Count > 0)
                obligations.Add(new Obligation(shown.Key, news));
            prolongs |= open.Count > 0 && hit.Time - open.Max(one => one.Access.Time) >= Burst;
        }

        return hit with
        {
            Attendances = parts,
            Obligations = obligations,
            Prolongs = prolongs,
        };
    }

    /// <summary>
    /// Whether what began at these two times is one attendance, for one authority, child and setting: where two seem to
    /// have opened less than <see cref="Quiet"/> apart, they can only have raced.
    /// </summary>
    public static bool IsSame(DateTimeOffset one, DateTimeOffset other) => (one - other).Duration() < Quiet;

    /// <summary>Where to look for the accesses of an attendance of this authority that this access opened; null when it opened none.</summary>
    public static OccurrenceQuery? Accesses(Occurrence opener, OdsCode authority) =>
        opener.Kind == OccurrenceKind.Access && opener.AttendanceOf(authority) is { } part && part.Opener == opener.Id
            ? new OccurrenceQuery
            {
                Child = opener.Child,
                Concerning = authority,
                Kind = OccurrenceKind.Access,
                From = part.Opened - Quiet,
                To = part.Opened + Longest + Quiet,
            }
            : null;

    /// <summary>Whether an access belongs to the attendance of this authority that another opened.</summary>
    public static bool IsOf(Occurrence access, Occurrence opener, OdsCode authority) =>
        access.Organisation == opener.Organisation
        && access.Child == opener.Child
        && access.AttendanceOf(authority) is { } part
        && opener.AttendanceOf(authority) is { } opened
        && IsSame(part.Opened, opened.Opened);

    private static bool IsOpen(DateTimeOffset lookedUp, DateTimeOffset opened, DateTimeOffset now) =>
        now - lookedUp < Quiet && now - opened < Longest;

    private static IEnumerable<string> ToldOf(Occurrence access, OdsCode authority) =>
        access
            .Obligations.Where(obligation => obligation.Authority == authority)
            .SelectMany(obligation => obligation.Plans)
            .Select(plan => plan.EpisodeId);
}
