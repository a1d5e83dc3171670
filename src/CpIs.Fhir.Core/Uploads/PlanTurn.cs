using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>A plan that an upload names: what was sent of it, what is held, and what becomes of it.</summary>
internal sealed record PlanTurn
{
    /// <summary>The authority's plan id.</summary>
    public required string PlanId { get; init; }

    /// <summary>The EpisodeOfCare that was sent, or null.</summary>
    public required UploadEntry? Sent { get; init; }

    /// <summary>The Flag that was sent, or null.</summary>
    public required UploadEntry? SentFlag { get; init; }

    /// <summary>The EpisodeOfCare that is held, or null.</summary>
    public required StoredResource? Held { get; init; }

    /// <summary>The Flag that is held, or null.</summary>
    public required StoredResource? HeldFlag { get; init; }

    /// <summary>What the upload wants the plan to be.</summary>
    public required PlanContent Wanted { get; init; }

    /// <summary>Among all uploads of the plan.</summary>
    public required Turn Turn { get; init; }

    /// <summary>The stamp to keep; null where what is held was only found there.</summary>
    public required UploadStamp? Stamp { get; init; }

    /// <summary>Where problems of the plan are told: the EpisodeOfCare, or the Flag where that came alone.</summary>
    public UploadEntry Told => (Sent ?? SentFlag)!;

    /// <summary>True where the plan was held under another NHS number.</summary>
    public bool IsCorrection => Turn == Turn.Newest && Held is { IsDeleted: false } && Held.Child != Wanted.Child;

    /// <summary>True where the very upload that is held came again: as right today as on its day.</summary>
    public bool IsRepeat =>
        Turn == Turn.Newest
        && Wanted.Status == PlanStatus.Active
        && Move == PlanMove.Stays
        && Stamp == Turns.StampOf(Held!);

    /// <summary>True when the plan is open after the upload.</summary>
    public bool IsOpen => (Turn == Turn.Newest ? Wanted.Status : Held!.Plan!.Status) == PlanStatus.Active;

    /// <summary>Whose plan it is after the upload.</summary>
    public NhsNumber Child => Turn == Turn.Newest ? Wanted.Child : Held!.Child!.Value;

    /// <summary>What the upload does to it, where it sends it as active.</summary>
    public PlanMove Move =>
        Held?.Plan is not { Status: PlanStatus.Active } held || IsCorrection ? PlanMove.Opens
        : (held.Type, held.Start, held.End) == (Wanted.Type, Wanted.Start.Day, Wanted.End?.Day) ? PlanMove.Stays
        : PlanMove.Changes;
}
