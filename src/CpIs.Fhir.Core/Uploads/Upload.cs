using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>An upload as it was sent, with what is known of the request.</summary>
/// <param name="Caller">The authority.</param>
/// <param name="Request">For idempotency.</param>
/// <param name="CorrelationId">For the audit.</param>
/// <param name="Body">The body as it came.</param>
/// <param name="FhirBase">FHIR base under which the caller reaches us, without trailing slash; null where there is none.</param>
public sealed record Upload(
    Caller Caller,
    WriteRequest Request,
    string? CorrelationId,
    ReadOnlyMemory<byte> Body,
    string? FhirBase = null
)
{
    /// <summary>
    /// True for one resource at its own address: it is about what is held at this moment, so it counts as newer than that, whatever the stamp.
    /// </summary>
    public bool IsSingle { get; init; }

    /// <summary>What was asked, for the audit: <c>transaction</c>, or <c>create</c>, <c>update</c> and <c>delete</c> of one resource.</summary>
    public string Interaction =>
        !IsSingle ? "transaction"
        : Deletes ? "delete"
        : MustBeNew ? "create"
        : "update";

    /// <summary>The stamp of a record of a daily file; null where the body says when it was made.</summary>
    public UploadStamp? Stamp { get; init; }

    /// <summary>What the token must allow, by type: create and update of all three for a transaction, whose entries may be either.</summary>
    public IReadOnlyList<(string Type, string Access)> Needs { get; init; } =
    [("Patient", "cu"), ("EpisodeOfCare", "cu"), ("Flag", "cu")];

    /// <summary>True for a DELETE, which has no body.</summary>
    public bool Deletes { get; init; }

    /// <summary>True where what is sent may not be held yet: a create.</summary>
    public bool MustBeNew { get; init; }
}
