using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Searching;

/// <summary>
/// A search over current resources of one type as a small typed tree, which each store turns into its own language.
/// All conditions must hold.
/// </summary>
/// <param name="Type">The resource type.</param>
/// <param name="Authority">Only resources of this owner; null only for the server's own work and for operators.</param>
/// <param name="Conditions">What must hold; empty for all.</param>
public sealed record RecordQuery(RecordType Type, OdsCode? Authority, IReadOnlyList<Condition> Conditions)
{
    /// <summary>Order of the results; ties are broken by id.</summary>
    public RecordOrder Order { get; init; } = RecordOrder.OldestFirst;

    /// <summary>Most results on a page, 0 to 1,000. 0 asks for the total only.</summary>
    public int Count { get; init; } = 50;

    /// <summary>Where the page before ended; null for the first.</summary>
    public PagePosition? After { get; init; }
}

/// <summary>Orders by <c>meta.lastUpdated</c>.</summary>
public enum RecordOrder
{
    /// <summary>Ascending.</summary>
    OldestFirst,

    /// <summary>Descending.</summary>
    NewestFirst,
}

/// <summary>One condition of a <see cref="RecordQuery"/>.</summary>
public abstract record Condition
{
    private Condition() { }

    /// <summary>The resource has at least one of these tokens, to the letter.</summary>
    /// <param name="Tokens">One to 200 tokens: 50 of a search, or the parts that cover a range of days in a sealed store (<see cref="Protection.RecordProtection.Conditions"/>).</param>
    public sealed record AnyToken(IReadOnlyList<string> Tokens) : Condition;

    /// <summary>The resource has a token that begins so (name searches).</summary>
    /// <param name="Prefix">Includes <c>parameter=</c>.</param>
    public sealed record TokenPrefix(string Prefix) : Condition;

    /// <summary>The resource has a token in this range by ordinal order, bounds included (dates are written to sort so).</summary>
    /// <param name="From">Lowest, with <c>parameter=</c>.</param>
    /// <param name="To">Highest, with <c>parameter=</c>.</param>
    public sealed record TokenRange(string From, string To) : Condition;

    /// <summary>One of these holds, of which each is a condition over tokens.</summary>
    /// <param name="Conditions">At least one; none of them is another <see cref="AnyOf"/>.</param>
    public sealed record AnyOf(IReadOnlyList<Condition> Conditions) : Condition;

    /// <summary>The resource has none of these tokens.</summary>
    /// <param name="Tokens">One to 50, to the letter.</param>
    public sealed record Without(IReadOnlyList<string> Tokens) : Condition;

    /// <summary><c>meta.lastUpdated</c> lies in a range of time.</summary>
    /// <param name="Range">The range.</param>
    public sealed record UpdatedWithin(TimeRange Range) : Condition;

    /// <summary>The resource has one of these ids.</summary>
    /// <param name="Ids">One to 50 ids.</param>
    public sealed record AnyId(IReadOnlyList<string> Ids) : Condition;
}

/// <summary>The last result of a page, by the keys that order it. Leaves the server only encrypted.</summary>
/// <param name="Time">When that result was updated or happened.</param>
/// <param name="Id">Its id.</param>
public sealed record PagePosition(DateTimeOffset Time, string Id);

/// <summary>One page of results.</summary>
/// <typeparam name="T">What was searched.</typeparam>
/// <param name="Items">The results, in order.</param>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, long Total, PagePosition? Next);
