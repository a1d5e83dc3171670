using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Occurrences;

/// <summary>What an occurrence is an occurrence of. The numbers and names are stored: never change them.</summary>
public enum OccurrenceKind
{
    /// <summary>A look-up: hit, miss or refusal.</summary>
    Access,

    /// <summary>A committed upload.</summary>
    Upload,

    /// <summary>A change to an organisation, a client or a key by an operator, or what an authority decides in twos.</summary>
    Administration,

    /// <summary>Records or accesses were read, other than by a look-up; <see cref="Occurrence.Seen"/> says which.</summary>
    Read,

    /// <summary>A setting reported that a child did not come; or tried to.</summary>
    MissedAppointment,

    /// <summary>An NHS number was retired or restored.</summary>
    InactiveNumber,
}

/// <summary>How an access ended.</summary>
public enum AccessOutcome
{
    /// <summary>At least one plan was shown.</summary>
    Shown,

    /// <summary>Nothing visible is held here; which does not mean no concern.</summary>
    NothingHeld,

    /// <summary>The request was refused; <see cref="Occurrence.Reason"/> says why.</summary>
    Refused,
}

/// <summary>
/// An immutable, durable document of something that happened, with its obligations inside. A look-up is answered only
/// after its occurrence is durable (promise 1), and its obligations are in the same document (promise 2).
/// </summary>
public sealed record Occurrence
{
    /// <summary>Unique id; the id of the AuditEvent that shows it.</summary>
    public required string Id { get; init; }

    /// <summary>What it is.</summary>
    public required OccurrenceKind Kind { get; init; }

    /// <summary>When, in UTC, to the millisecond.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The caller's client.</summary>
    public required string ClientId { get; init; }

    /// <summary>The caller's organisation.</summary>
    public required OdsCode Organisation { get; init; }

    /// <summary>Its name at that time.</summary>
    public required string OrganisationName { get; init; }

    /// <summary>What the caller was.</summary>
    public required CallerKind CallerKind { get; init; }

    /// <summary>Who acted; null only where the request named nobody.</summary>
    public Person? Person { get; init; }

    /// <summary>What was asked, such as <c>Flag</c>, <c>AuditEvent</c>, <c>$child-protection</c>, <c>transaction</c>.</summary>
    public required string Interaction { get; init; }

    /// <summary>Its phone at that time, for whoever is told of a missed appointment; null for other kinds.</summary>
    public string? OrganisationPhone { get; init; }

    /// <summary>When the child was expected at a missed appointment, in UTC to the millisecond; null for other kinds.</summary>
    public DateTimeOffset? Appointment { get; init; }

    /// <summary>What the authority is told of its upload, where a Subscription asks for that; else null.</summary>
    public UploadNotice? Upload { get; init; }

    /// <summary>The child looked up; null where the request did not hold exactly one valid NHS number, and for uploads.</summary>
    public NhsNumber? Child { get; init; }

    /// <summary>The mode of a look-up; null where it was refused before the mode was known.</summary>
    public LookUpMode? Mode { get; init; }

    /// <summary>How an access ended; null for other kinds.</summary>
    public AccessOutcome? Outcome { get; init; }

    /// <summary>Why it was refused, in the words of the answer; what was written, for an upload.</summary>
    public string? Reason { get; init; }

    /// <summary>The request as it was asked (query or body of a search), at most 2,048 characters.</summary>
    public string? Query { get; init; }

    /// <summary>X-Request-ID.</summary>
    public required string RequestId { get; init; }

    /// <summary>X-Correlation-ID or TraceID, where the caller sent one.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Plans that were shown, with the versions shown.</summary>
    public IReadOnlyList<ShownPlan> Shown { get; init; } = [];

    /// <summary>What a <see cref="OccurrenceKind.Read"/> showed, such as <c>Patient/{id}/_history/2</c>; empty for other kinds.</summary>
    public IReadOnlyList<string> Seen { get; init; } = [];

    /// <summary>Who took the notices of the accesses in <see cref="Seen"/>; null for all but an acknowledgement.</summary>
    public Acknowledgement? Acknowledged { get; init; }

    /// <summary>
    /// Authorities that may read it. An access: whose plans it showed, were it unscheduled. No authority finds a scheduled look-up
    /// (promise 14), and none learns from a look-up that showed nothing whether anybody else holds something. Anything else: those that are told.
    /// </summary>
    public IEnumerable<OdsCode> Concerns =>
        Kind != OccurrenceKind.Access ? Obligations.Select(obligation => obligation.Authority).Distinct()
        : Mode == LookUpMode.Unscheduled ? Shown.Select(plan => plan.Authority).Distinct()
        : [];

    /// <summary>The topic on which its obligations are told; null for a kind of which nobody is told.</summary>
    public Topic? Topic =>
        Kind switch
        {
            OccurrenceKind.Access => Topics.Topic.RecordAccessed,
            OccurrenceKind.MissedAppointment => Topics.Topic.MissedAppointment,
            OccurrenceKind.InactiveNumber => Topics.Topic.NhsNumberInactive,
            OccurrenceKind.Upload => Topics.Topic.UploadProcessed,
            _ => null,
        };

    /// <summary>True when this access is in the history: unscheduled, shown, and the first of this person in 24 h.</summary>
    public bool InHistory { get; init; }

    /// <summary>
    /// The attendance that it belongs to, for each authority whose plans it showed; empty for all but unscheduled hits, and for
    /// those from before attendances were kept.
    /// </summary>
    public IReadOnlyList<AttendancePart> Attendances { get; init; } = [];

    /// <summary>
    /// The attendance of one authority that it belongs to, or null. Accesses from before attendances were kept told of everything that they showed: each counts
    /// as one that opened.
    /// </summary>
    public AttendancePart? AttendanceOf(OdsCode authority) =>
        Attendances.Count > 0 ? Attendances.FirstOrDefault(part => part.Authority == authority)
        : Obligations.Any(obligation => obligation.Authority == authority) ? new AttendancePart(authority, Id, Time)
        : null;

    /// <summary>True where it stands for the last look-up of an attendance that it joined.</summary>
    public bool Prolongs { get; init; }

    /// <summary>One obligation for each authority to be told; empty for a miss, a refusal and a scheduled look-up.</summary>
    public IReadOnlyList<Obligation> Obligations { get; init; } = [];

    /// <summary>True when later look-ups of the child must read it: for its history, or to know what attendance is open.</summary>
    public bool IsReadByLookUps => Kind == OccurrenceKind.Access && (InHistory || Prolongs || Obligations.Count > 0);
}

/// <summary>One plan as it was shown.</summary>
/// <param name="Authority">Whose plan.</param>
/// <param name="Type">Which status.</param>
/// <param name="EpisodeId">Id of its EpisodeOfCare.</param>
/// <param name="EpisodeVersion">The version shown.</param>
/// <param name="FlagId">Id of its Flag.</param>
/// <param name="FlagVersion">The version shown.</param>
public sealed record ShownPlan(
    OdsCode Authority,
    PlanType Type,
    string EpisodeId,
    int EpisodeVersion,
    string FlagId,
    int FlagVersion
)
{
    /// <summary>
    /// True where no more was shown than that a protected record is held: for the inspector of the setting, who is to be told of
    /// each such look-up.
    /// </summary>
    public bool IsProtected { get; init; }
}

/// <summary>"This authority must be notified", on the topic of its occurrence. Ends only as delivered, or acknowledged by a named person (promise 3).</summary>
/// <param name="Authority">Who must be notified.</param>
/// <param name="Plans">Of which of its plans, in the versions shown; none where the topic tells of no child.</param>
public sealed record Obligation(OdsCode Authority, IReadOnlyList<ShownPlan> Plans);
