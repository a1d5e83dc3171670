using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Occurrences;

/// <summary>A search over occurrences; what is null does not restrict.</summary>
public sealed record OccurrenceQuery
{
    /// <summary>About this child.</summary>
    public NhsNumber? Child { get; init; }

    /// <summary>That concern this authority (<see cref="Occurrence.Concerns"/>).</summary>
    public OdsCode? Concerning { get; init; }

    /// <summary>Of this kind.</summary>
    public OccurrenceKind? Kind { get; init; }

    /// <summary>At or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>At or before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Not within these ranges, both ends of which are set.</summary>
    public IReadOnlyList<TimeRange> Outside { get; init; } = [];

    /// <summary>With one of these ids, 50 at most; null for any.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Order of the results by time; ties are broken by id.</summary>
    public RecordOrder Order { get; init; } = RecordOrder.NewestFirst;

    /// <summary>Most results on a page, 0 to 1,000; 0 asks for the total only.</summary>
    public int Count { get; init; } = 50;

    /// <summary>Where the page before ended.</summary>
    public PagePosition? After { get; init; }
}
