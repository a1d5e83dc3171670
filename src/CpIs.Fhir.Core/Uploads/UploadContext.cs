using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Whose upload it is and on which day: what the rules of every resource ask. Dates are told in London days; the day comes
/// from the caller's clock, never from the system's.
/// </summary>
/// <param name="Authority">The caller's ODS code.</param>
/// <param name="OrganizationId">Id of the authority's Organization, or null where it is not shown as one.</param>
/// <param name="Today">The day in London.</param>
/// <param name="MaximumDaysAhead">How many days in the future an active plan may start.</param>
internal sealed record UploadContext(OdsCode Authority, string? OrganizationId, DateOnly Today, int MaximumDaysAhead)
{
    /// <summary>Who is registered: what names another authority is 403, what names none is a mistake.</summary>
    public OrganisationDirectory Organisations { get; init; } = OrganisationDirectory.Empty;

    /// <summary>FHIR base under which the caller reaches us, without trailing slash; null where there is none.</summary>
    public string? FhirBase { get; init; }

    /// <summary>See <see cref="UploadOptions.TakesProtectedMarks"/>.</summary>
    public bool TakesProtectedMarks { get; init; }

    /// <summary>True for one resource at its own address.</summary>
    public bool IsSingle { get; init; }

    /// <summary>True where what is sent may not be held yet: the create of one resource.</summary>
    public bool MustBeNew { get; init; }
}
