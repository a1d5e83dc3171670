using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Searching;

/// <summary>Turns the parameters of a search over stored records into a <see cref="RecordQuery"/>.</summary>
public static class RecordSearch
{
    /// <summary>Reads the parameters of a search by the table of the type.</summary>
    /// <param name="type">What is searched.</param>
    /// <param name="sent">Every parameter in order, decoded, without the cursor of a page.</param>
    /// <param name="authority">Whose records; null for an operator, who sees all.</param>
    /// <param name="defaultCount">Results on a page where <c>_count</c> does not say.</param>
    public static Result<RecordQuery> Read(
        RecordType type,
        IReadOnlyList<KeyValuePair<string, string>> sent,
        OdsCode? authority,
        int defaultCount = 50
    ) =>
        ParameterReader.Read(SearchTables.Of(type), sent).IsRefused(out var refusal, out var asked)
            ? refusal
            : Query(type, asked, authority, defaultCount);

    /// <summary>The query that was asked.</summary>
    /// <param name="type">What is searched.</param>
    /// <param name="asked">The parameters, read by the table of the type.</param>
    /// <param name="authority">Whose records; null for an operator, who sees all.</param>
    /// <param name="defaultCount">Results on a page where <c>_count</c> does not say.</param>
    public static Result<RecordQuery> Query(
        RecordType type,
        AskedParameters asked,
        OdsCode? authority,
        int defaultCount
    )
    {
        var conditions = new List<Condition>();
        foreach (var parameter in asked.All.Where(parameter => !parameter.Row.Name.StartsWith('_')))
        {
            if (new TokenConditions(type, parameter, authority).Read().IsRefused(out var refusal, out var read))
                return refusal;
            conditions.AddRange(read);
        }

        if (asked.Ids is { } ids)
            conditions.Add(new Condition.AnyId(ids));
        foreach (var updated in asked.Of("_lastUpdated"))
            conditions.Add(new Condition.UpdatedWithin(updated.Value.Date!.Instants()));
        return new RecordQuery(type, authority, conditions)
        {
            Count = asked.Count(defaultCount),
            Order = asked.IsNewestFirst == true ? RecordOrder.NewestFirst : RecordOrder.OldestFirst,
        };
    }
}
