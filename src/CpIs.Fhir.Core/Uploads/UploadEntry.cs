using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>One entry of an upload that keeps every rule which can be checked without the store.</summary>
internal sealed record UploadEntry
{
    /// <summary>Its resource, and where findings about it go.</summary>
    public required Place Place { get; init; }

    /// <summary>Its request, and where findings about it go.</summary>
    public required Place Request { get; init; }

    /// <summary>By which other entries refer to it, or null.</summary>
    public required string? FullUrl { get; init; }

    /// <summary>Patient, EpisodeOfCare or Flag.</summary>
    public required RecordType Type { get; init; }

    /// <summary>The id inside the resource; null when there is none.</summary>
    public required string? Id { get; init; }

    /// <summary>The version that must be current, or null.</summary>
    public required int? IfMatch { get; init; }

    /// <summary>What a Patient says.</summary>
    public PatientContent? Patient { get; init; }

    /// <summary>What an EpisodeOfCare or Flag says.</summary>
    public PlanContent? Plan { get; init; }

    /// <summary>What of an EpisodeOfCare today forbids; told where it would change what is held.</summary>
    public IReadOnlyList<DateProblem> OfToday { get; init; } = [];

    /// <summary>Reference of an EpisodeOfCare or Flag to a Patient that is held; null for one in the same Bundle.</summary>
    public string? PatientReference { get; init; }

    /// <summary>The fullUrl of the Patient in the same Bundle that an EpisodeOfCare or Flag refers to; null for one that is held.</summary>
    public string? PatientUrl { get; init; }

    /// <summary>Reference of a Flag to an EpisodeOfCare that is held; null for one in the same Bundle.</summary>
    public string? EpisodeReference { get; init; }

    /// <summary>What makes the resource the one of its kind within the authority: NHS number or plan id.</summary>
    public string Key => Patient?.Number.Digits ?? Plan!.PlanId;

    /// <summary>The entry with its findings told elsewhere: each try of a commit finds again.</summary>
    public UploadEntry Telling(Findings findings) =>
        this with
        {
            Place = Place with { Findings = findings },
            Request = Request with { Findings = findings },
        };
}
