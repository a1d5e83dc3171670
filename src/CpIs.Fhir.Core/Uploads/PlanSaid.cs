using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>What an EpisodeOfCare or its Flag says of a plan, as far as it can be read; null for what is missing or unreadable.</summary>
internal sealed record PlanSaid
{
    /// <summary>Where the plan stands; a Flag says <c>inactive</c> for finished.</summary>
    public PlanStatus? Status { get; init; }

    /// <summary>SNOMED CT code of the plan type.</summary>
    public string? Kind { get; init; }

    /// <summary>NHS number of the child.</summary>
    public string? Child { get; init; }

    /// <summary>ODS code of the authority.</summary>
    public string? Authority { get; init; }

    /// <summary>First day, in London.</summary>
    public DateOnly? Start { get; init; }

    /// <summary>Last day or due date, in London.</summary>
    public DateOnly? End { get; init; }

    /// <summary>True when an end is there that names no day: nothing can be said of it.</summary>
    public bool EndIsUnreadable { get; init; }

    /// <summary>What was sent.</summary>
    public static PlanSaid By(SentRecord record)
    {
        var (start, end) = (record.Day("start"), record.Day("end"));
        return new PlanSaid
        {
            Status = record.Status,
            Kind = record.Kind,
            // A number that is wrong in itself is told as that.
            Child = NhsNumber.TryParse(record.ChildNumber, out _) ? record.ChildNumber : null,
            Authority = record.Authority?.Value,
            Start = start?.Day,
            End = end?.Day,
            EndIsUnreadable = end is null && record.Resource.Child("period")?.Child("end") is not null,
        };
    }

    /// <summary>What is known of a plan of the caller's own.</summary>
    public static PlanSaid By(PlanContent plan) =>
        new()
        {
            Status = plan.Status,
            Kind = plan.Type.Code,
            Child = plan.Child.Digits,
            Start = plan.Start.Day,
            End = plan.End?.Day,
        };
}
