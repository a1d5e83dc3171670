using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Worklists;

/// <summary>
/// One attendance on an authority's work-list, with those of its notices that were asked for; or one missed appointment or inactive number, which
/// stands alone.
/// </summary>
/// <param name="Attendance">Its id: that of the access which opened it.</param>
/// <param name="Opened">When that was.</param>
/// <param name="Reference">Short enough to say on the telephone (<see cref="NoticeReference"/>).</param>
/// <param name="Child">The child.</param>
/// <param name="Setting">Where the child presented.</param>
/// <param name="SettingName">Its name at that time.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="Notices">Oldest first.</param>
public sealed record WorklistEntry(
    string Attendance,
    DateTimeOffset Opened,
    string Reference,
    NhsNumber? Child,
    OdsCode Setting,
    string SettingName,
    Topic Topic,
    IReadOnlyList<WorklistNotice> Notices
)
{
    /// <summary>When the child was expected, where it did not come.</summary>
    public DateTimeOffset? Appointment { get; init; }

    /// <summary>The phone of where it was expected, or null.</summary>
    public string? SettingPhone { get; init; }
}

/// <summary>One notice of it.</summary>
/// <param name="Notice">How far it has come.</param>
/// <param name="Plans">The authority's plans of which it tells, as types.</param>
/// <param name="Taken">Who took it, or null.</param>
public sealed record WorklistNotice(Notice Notice, IReadOnlyList<PlanType> Plans, Acknowledgement? Taken);
