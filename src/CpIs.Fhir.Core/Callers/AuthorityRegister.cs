using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// How new the register of an authority is: kept with the registrations, so that every server has it in memory and no look-up reads
/// it. The one place of the rule "stale" (docs/adr/0059).
/// </summary>
public sealed record AuthorityRegister
{
    /// <summary>No register is stale earlier than this after its last upload, or after the authority was registered.</summary>
    public static readonly TimeSpan Earliest = TimeSpan.FromHours(48);

    /// <summary>Whose.</summary>
    public required OdsCode Authority { get; init; }

    /// <summary>When the exchange first saw the authority, in UTC.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>The London day of the newest upload that was loaded whole, by the time of its extract; null before the first.</summary>
    public DateOnly? LastUpload { get; init; }

    /// <summary>The London day since which nothing was uploaded.</summary>
    public DateOnly Since() => LastUpload ?? LondonCalendar.DayOf(FirstSeen);

    /// <summary>
    /// From when on it is stale if nothing is uploaded: when the second expected day after the last upload is over in London, and not
    /// before <see cref="Earliest"/> from the end of the last upload's day. One that never uploaded: <see cref="Earliest"/> after it was
    /// first seen. Null where no upload is expected.
    /// </summary>
    public DateTimeOffset? StaleFrom(UploadCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        if (calendar.After(Since()) is not { } first)
            return null;
        if (LastUpload is not { } last)
            return FirstSeen + Earliest;
        var missed = LondonCalendar.StartOf(calendar.After(first)!.Value.AddDays(1));
        var earliest = LondonCalendar.StartOf(last.AddDays(1)) + Earliest;
        return missed > earliest ? missed : earliest;
    }
}

/// <summary>A register that is out of date.</summary>
/// <param name="Authority">Whose.</param>
/// <param name="Name">The authority's name.</param>
/// <param name="Since">The London day since which nothing was uploaded.</param>
/// <param name="From">From when on it counts as out of date.</param>
public sealed record StaleRegister(OdsCode Authority, string Name, DateOnly Since, DateTimeOffset From);
