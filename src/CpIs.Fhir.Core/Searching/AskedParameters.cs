namespace CpIs.Fhir.Core.Searching;

/// <summary>The parameters of a request, each known to its table and each value readable.</summary>
/// <param name="All">In the order in which they were sent.</param>
public sealed record AskedParameters(IReadOnlyList<AskedParameter> All)
{
    /// <summary>Most results on a page; a larger <c>_count</c> counts as this.</summary>
    public const int MaximumCount = 1_000;

    /// <summary>Ids of which the result must have one; null when <c>_id</c> was not sent.</summary>
    public IReadOnlyList<string>? Ids =>
        Of("_id")
            .Select(IEnumerable<string> (asked) => asked.Values.Select(value => value.Text))
            .Aggregate((IEnumerable<string>?)null, (ids, more) => ids?.Intersect(more) ?? more)
            ?.ToList();

    /// <summary>True when the newest result is wanted first, false for the oldest, null when <c>_sort</c> was not sent.</summary>
    public bool? IsNewestFirst => Code("_sort")?.StartsWith('-');

    /// <summary>What was sent under a name, whatever the modifier.</summary>
    public IEnumerable<AskedParameter> Of(string name) => All.Where(asked => asked.Row.Name == name);

    /// <summary>The value of a parameter that is sent once at most; null without it.</summary>
    public string? Code(string name) => Of(name).FirstOrDefault()?.Value.Text;

    /// <summary>Results on a page, 0 to <see cref="MaximumCount"/>; 0 asks for the total only.</summary>
    /// <param name="byDefault">Where the request does not say.</param>
    public int Count(int byDefault) =>
        Code("_summary") == "count" ? 0
        : Code("_count") is not { } asked ? byDefault
        : int.TryParse(asked, out var count) ? Math.Min(count, MaximumCount)
        : MaximumCount;
}
