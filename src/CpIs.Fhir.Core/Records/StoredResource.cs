using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Records;

/// <summary>
/// One version of one resource as it lies in the store: the exact JSON bytes that are sent out, with the values that
/// search and the look-up need next to them, so that the read path parses nothing.
/// </summary>
public sealed record StoredResource
{
    /// <summary>The resource type.</summary>
    public required RecordType Type { get; init; }

    /// <summary>FHIR id, unique within the type.</summary>
    public required string Id { get; init; }

    /// <summary>Version, counting from 1 without gap; <c>meta.versionId</c> inside <see cref="Body"/>.</summary>
    public required int Version { get; init; }

    /// <summary><c>meta.lastUpdated</c>, UTC, to the millisecond.</summary>
    public required DateTimeOffset LastUpdated { get; init; }

    /// <summary>The organisation that owns it.</summary>
    public required OdsCode Authority { get; init; }

    /// <summary>
    /// What makes the resource the one of its kind within its authority, such as its plan id; unique among current
    /// resources of one type. Null where any number may exist.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>The child (for an unborn plan: the mother) it is about. Patient, EpisodeOfCare and Flag have one.</summary>
    public NhsNumber? Child { get; init; }

    /// <summary>The JSON as its owner reads it, UTF-8, no byte-order mark.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The JSON as a setting reads it where that differs (a Patient without local id); else empty.</summary>
    public ReadOnlyMemory<byte> SettingView { get; init; }

    /// <summary>The plan, next to an EpisodeOfCare and its Flag.</summary>
    public Plan? Plan { get; init; }

    /// <summary>Date of birth, next to a Patient.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>
    /// The upload that last wrote or confirmed it, next to an authority's record; null for one from before stamps, which
    /// counts with <see cref="LastUpdated"/>.
    /// </summary>
    public UploadStamp? Stamp { get; init; }

    /// <summary>The form that the case system overrode; null where none was, or the record changed again since.</summary>
    public OverriddenForm? OverriddenForm { get; init; }

    /// <summary>What the notification engine needs, next to a Subscription.</summary>
    public SubscriptionTerms? Subscription { get; init; }

    /// <summary>
    /// True for the version that a DELETE made: it is in no search, a read of it is 410, and its body, the last that was held, leaves the
    /// server no more. Its history and its <see cref="Identity"/> stay.
    /// </summary>
    public bool IsDeleted { get; init; }

    /// <summary>
    /// Search values, each as <c>parameter=value</c>; see <see cref="SearchTokens"/> for the forms. Small, unordered.
    /// </summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>The same version as one that a DELETE made.</summary>
    public StoredResource AsDeleted() => this with { IsDeleted = true, Tokens = [SearchTokens.Deleted] };
}
