using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>One resource as it was sent to an address of its own, or as a DELETE names it.</summary>
/// <param name="Upload">Its body, and what is known of the request.</param>
/// <param name="Type">Patient, EpisodeOfCare or Flag.</param>
public sealed record SingleWrite(Upload Upload, RecordType Type)
{
    /// <summary>The id in the URL of an update; null for the others.</summary>
    public string? Id { get; init; }

    /// <summary>System and value in the URL of a conditional update; null for the others.</summary>
    public (string System, string Value)? Identifier { get; init; }

    /// <summary>System and value in <c>If-None-Exist</c> of a conditional create: where the authority holds such a record, nothing is written.</summary>
    public (string System, string Value)? IfNoneExist { get; init; }

    /// <summary>Letters of the scope that it needs.</summary>
    internal string Access =>
        Identifier is not null ? "cu"
        : Id is not null ? "u"
        : "c";

    /// <summary>The version in <c>If-Match</c>, or null.</summary>
    public int? IfMatch { get; init; }

    /// <summary>403 where the condition itself names another authority.</summary>
    /// <param name="place">Where the condition was sent.</param>
    internal Refusal? RefuseStranger(string place) =>
        (IfNoneExist ?? Identifier) is var (system, _)
        && system.StartsWith(FhirSystems.PlanIds, StringComparison.Ordinal)
        && system != FhirSystems.PlanId(Upload.Caller.Organisation)
            ? Refusal.Forbidden("The condition names another authority. An authority sees only its own records.", place)
            : null;
}
