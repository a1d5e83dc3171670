using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Records;

namespace CpIs.Fhir.Storage.Sqlite.Occurrences;

/// <summary>
/// An <see cref="OccurrenceQuery"/> as SQL: from the concerns of an authority, else from the child, the kind or the time,
/// each with its index, newest first unless it says otherwise.
/// </summary>
internal static class OccurrenceSql
{
    public static Page<Occurrence> Run(Connection connection, OccurrenceQuery query, RecordProtection protection)
    {
        var (from, where) = Shape(query);
        var child = query.Child is { } asked ? protection.ChildKey(asked) : (long?)null;
        var items = query.Count == 0 ? [] : Read(connection, query, child, from, where, protection);
        // A first page that holds all says how many there are.
        var isAll = query is { Count: > 0, After: null } && items.Count <= query.Count;
        var total = isAll ? items.Count : Count(connection, query, child, from, where);
        PagePosition? next = null;
        if (items.Count > query.Count)
        {
            items.RemoveAt(items.Count - 1);
            next = new PagePosition(items[^1].Time, items[^1].Id);
        }

        // Two children may share a hash; the total, which opens nothing, may then count the other's too.
        if (query.Child is not null)
            items.RemoveAll(item => item.Child != query.Child);
        return new Page<Occurrence>(items, total, next);
    }

    private static long Count(Connection connection, OccurrenceQuery query, long? child, string from, string where)
    {
        using var row = connection.Prepare($"SELECT count(*) FROM {from} WHERE {where}");
        Bind(row, query, child);
        return row.Step() ? row.Long(0) : 0;
    }

    private static List<Occurrence> Read(
        Connection connection,
        OccurrenceQuery query,
        long? child,
        string from,
        string where,
        RecordProtection protection
    )
    {
        var join = query.Concerning is null ? "" : " CROSS JOIN occurrence d ON d.key = o.occurrence";
        var document = query.Concerning is null ? "o.document" : "d.document";
        var (comparison, direction) = query.Order == RecordOrder.OldestFirst ? (">", "ASC") : ("<", "DESC");
        var after = query.After is null ? "" : $" AND (o.time, o.id) {comparison} (?, ?)";
        using var rows = connection.Prepare(
            $"SELECT o.id, {document} FROM {from}{join} WHERE {where}{after} ORDER BY o.time {direction}, o.id {direction} LIMIT ?"
        );
        Bind(rows, query, child);
        if (query.After is { } position)
            rows.Add(position.Time.ToUnixTimeMilliseconds()).Add(position.Id);
        rows.Add(query.Count + 1);
        var items = new List<Occurrence>();
        while (rows.Step())
            items.Add(OccurrenceRow.Read(rows, 0, 1, protection));
        return items;
    }

    private static (string From, string Where) Shape(OccurrenceQuery query)
    {
        // Accesses are nearly all of the table; the index of the other kinds is partial, and SQLite sees that it may be
        // used only where its own condition is in the query.
        var byKind = query is { Child: null, Concerning: null, Kind: not null and not OccurrenceKind.Access };
        var kind =
            query.Kind is not { } wanted ? ""
            : byKind ? $" AND o.kind <> 0 AND o.kind = {(int)wanted}"
            : $" AND +o.kind = {(int)wanted}";
        return (
            query.Concerning is null ? "occurrence o" : "concern o",
            "o.time >= ? AND o.time <= ?"
                + (query.Concerning is null ? "" : " AND o.authority = ?")
                + (query.Child is null ? "" : " AND o.child = ?")
                + (query.Ids is null ? "" : " AND o.id IN (SELECT value FROM json_each(?))")
                + string.Concat(query.Outside.Select(_ => " AND (o.time < ? OR o.time > ?)"))
                + kind
        );
    }

    private static void Bind(Statement statement, OccurrenceQuery query, long? child)
    {
        statement
            .Add(query.From?.ToUnixTimeMilliseconds() ?? long.MinValue)
            .Add(query.To?.ToUnixTimeMilliseconds() ?? long.MaxValue);
        if (query.Concerning is { } authority)
            statement.Add(authority.Value);
        if (child is { } key)
            statement.Add(key);
        if (query.Ids is { } ids)
            statement.AddUtf8(JsonArray.Of(ids));
        foreach (var range in query.Outside)
            statement.Add(range.From!.Value.ToUnixTimeMilliseconds()).Add(range.To!.Value.ToUnixTimeMilliseconds());
    }
}
