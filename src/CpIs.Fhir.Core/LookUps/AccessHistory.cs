using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// The latest 25 accesses: unscheduled hits only, newest first, the same person on the same child once within 24 hours
/// of the first shown (facts 3.2, the domain message specification).
/// </summary>
public static class AccessHistory
{
    /// <summary>Most accesses shown.</summary>
    public const int Length = 25;

    /// <summary>How many are read: some more, so that repeats that raced each other can be folded away.</summary>
    public const int ReadLength = Length + 15;

    /// <summary>How long one access of a person stands for that person's further ones.</summary>
    public static readonly TimeSpan RepeatWindow = TimeSpan.FromHours(24);

    /// <summary>True when an access of the person at that time is the first in its window, and so enters the history.</summary>
    /// <param name="earlier">Accesses in the history, newest first, which hold the person's newest of the last 24 h.</param>
    /// <param name="sdsUserId">The person.</param>
    /// <param name="time">When they look up.</param>
    public static bool IsFirst(IReadOnlyList<Occurrence> earlier, string sdsUserId, DateTimeOffset time)
    {
        foreach (var access in earlier)
            if (access.Person?.SdsUserId == sdsUserId && time - access.Time < RepeatWindow)
                return false;
        return true;
    }

    /// <summary>What is shown.</summary>
    /// <param name="accesses">Accesses in the history, newest first, the current one included.</param>
    public static IReadOnlyList<Occurrence> Fold(IReadOnlyList<Occurrence> accesses)
    {
        var shown = new List<Occurrence>(Math.Min(accesses.Count, Length));
        foreach (var access in accesses)
        {
            if (shown.Count == Length)
                break;
            if (!accesses.Any(first => IsRepeatOf(access, first)))
                shown.Add(access);
        }

        return shown;
    }

    // Two look-ups of one person that ran at the same moment both believed to be the first; the earlier one stays.
    private static bool IsRepeatOf(Occurrence access, Occurrence first) =>
        access.Person?.SdsUserId == first.Person?.SdsUserId
        && access.Time - first.Time < RepeatWindow
        && (first.Time, first.Id).CompareTo((access.Time, access.Id)) < 0;
}
