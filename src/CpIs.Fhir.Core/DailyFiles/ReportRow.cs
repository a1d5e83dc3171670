namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>On which list of a reconciliation a plan stands.</summary>
public enum ReportList
{
    /// <summary>Held and open, and not in the file.</summary>
    Missing,

    /// <summary>In the file, refused, and not held.</summary>
    NotHeld,

    /// <summary>In the file, refused, and held as it was before.</summary>
    RefusedHeld,

    /// <summary>In the file, and new or different from what was held.</summary>
    Changed,
}

/// <summary>A plan in a reconciliation.</summary>
/// <param name="List">On which list.</param>
/// <param name="PlanId">The authority's plan id.</param>
public sealed record ReportRow(ReportList List, string PlanId)
{
    /// <summary>What is held, of a missing plan; null for others.</summary>
    public MissingPlan? Missing { get; init; }

    /// <summary>Where it is in the file; null for a missing plan.</summary>
    public RecordPosition? Position { get; init; }

    /// <summary>The list as a code: <c>missing</c>, <c>not-held</c>, <c>refused-held</c> or <c>changed</c>.</summary>
    public string Code =>
        List switch
        {
            ReportList.Missing => "missing",
            ReportList.NotHeld => "not-held",
            ReportList.RefusedHeld => "refused-held",
            _ => "changed",
        };
}
