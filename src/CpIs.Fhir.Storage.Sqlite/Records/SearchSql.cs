using System.Text;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Records;

/// <summary>
/// A <see cref="RecordQuery"/> as SQL. One thing drives each search, so that the plan is known: the tokens, where there
/// are token conditions (their sets are intersected before any resource is touched); else the ids; else the order itself.
/// A leading <c>+</c> keeps SQLite from choosing an index for what only filters.
/// </summary>
internal sealed class SearchSql
{
    private readonly RecordQuery _query;
    private readonly RecordProtection _protection;
    private readonly StringBuilder _where = new();
    private readonly List<object> _values = [];
    private string _from = "resource r";

    private SearchSql(RecordQuery query, RecordProtection protection)
    {
        (_query, _protection) = (query, protection);
        var conditions = protection.Conditions(query.Conditions);
        var tokens = conditions.Where(IsByToken).ToList();
        var others = conditions.Where(c => !IsByToken(c)).ToList();
        if (tokens.Count > 0)
            DriveByTokens(tokens);
        else if (others.FirstOrDefault(c => c is Condition.AnyId) is Condition.AnyId ids)
        {
            others.Remove(ids);
            DriveByIds(ids);
        }
        else
            DriveByOrder();
        foreach (var condition in others)
            Filter(condition);
        // What was deleted has no other token, so tokens do not find it.
        if (tokens.Count == 0)
            Filter(protection.Conditions([new Condition.Without([SearchTokens.Deleted])]).Single());
    }

    /// <summary>Runs the search on a connection.</summary>
    public static Page<StoredResource> Run(Connection connection, RecordQuery query, RecordProtection protection)
    {
        var search = new SearchSql(query, protection);
        var items = query.Count == 0 ? [] : search.Read(connection);
        // A first page that holds all says how many there are.
        var isAll = query is { Count: > 0, After: null } && items.Count <= query.Count;
        var total = isAll ? items.Count : search.Count(connection);
        if (items.Count <= query.Count)
            return new Page<StoredResource>(items, total, null);
        items.RemoveAt(items.Count - 1);
        var last = items[^1];
        return new Page<StoredResource>(items, total, new PagePosition(last.LastUpdated, last.Id));
    }

    private static bool IsByToken(Condition condition) =>
        condition is Condition.AnyToken or Condition.TokenPrefix or Condition.TokenRange or Condition.AnyOf;

    private long Count(Connection connection)
    {
        using var row = connection.Prepare($"SELECT count(*) FROM {_from} WHERE {_where}");
        Bind(row);
        return row.Step() ? row.Long(0) : 0;
    }

    /// <summary>One more than asked for, which says whether there is a next page.</summary>
    private List<StoredResource> Read(Connection connection)
    {
        var (comparison, direction) = _query.Order == RecordOrder.OldestFirst ? (">", "ASC") : ("<", "DESC");
        var after = _query.After is null ? "" : $" AND (r.updated, r.id) {comparison} (?, ?)";
        using var rows = connection.Prepare(
            $"SELECT {ResourceRow.Columns} FROM {_from} WHERE {_where}{after} ORDER BY r.updated {direction}, r.id {direction} LIMIT ?"
        );
        Bind(rows);
        if (_query.After is { } position)
            rows.Add(position.Time.ToUnixTimeMilliseconds()).Add(position.Id);
        rows.Add(_query.Count + 1);
        return ResourceRow.ReadAll(rows, _protection);
    }

    private void DriveByTokens(List<Condition> conditions)
    {
        if (conditions is [Condition.AnyToken { Tokens: [var only] }] && _query.Authority is { } authority)
        {
            // The usual one: each resource has a token once, so there is no set to make of them.
            _from = "token t CROSS JOIN resource r ON r.key = t.resource";
            Append("t.type = ?", (long)_query.Type);
            Append(" AND t.authority = ?", authority.Value);
            Append(" AND t.token = ?", only);
            return;
        }

        _where.Append("r.key IN (");
        for (var i = 0; i < conditions.Count; i++)
        {
            _where.Append(i == 0 ? "" : " INTERSECT ");
            AppendHaving(conditions[i]);
        }

        _where.Append(')');
    }

    private void LeaveOut(IReadOnlyList<string> stored)
    {
        _where.Append(" AND r.key NOT IN (");
        AppendHaving(new Condition.AnyToken(stored));
        _where.Append(')');
    }

    /// <summary>The resources that a token condition finds.</summary>
    private void AppendHaving(Condition condition)
    {
        Append("SELECT resource FROM token WHERE type = ? AND authority ", (long)_query.Type);
        if (_query.Authority is { } authority)
            Append("= ?", authority.Value);
        else
            // Some hundred owners at most: one probe of the index for each, instead of a second index over all tokens.
            Append("IN (SELECT authority FROM token_owner WHERE type = ?)", (long)_query.Type);
        _where.Append(" AND (");
        AppendToken(condition);
        _where.Append(')');
    }

    private void AppendToken(Condition condition)
    {
        switch (condition)
        {
            case Condition.AnyToken { Tokens: [var only] }:
                Append("token = ?", only);
                break;
            case Condition.AnyToken any:
                Append("token IN (SELECT value FROM json_each(?))", JsonArray.Of(any.Tokens));
                break;
            case Condition.TokenPrefix prefix:
                // A range, not LIKE: LIKE folds case and so cannot use the index. U+10FFFF sorts after every character.
                Append("token >= ?", prefix.Prefix);
                Append(" AND token <= ?", prefix.Prefix + "\U0010FFFF");
                break;
            case Condition.TokenRange range:
                Append("token >= ?", range.From);
                Append(" AND token <= ?", range.To);
                break;
            case Condition.AnyOf any:
                for (var i = 0; i < any.Conditions.Count; i++)
                {
                    _where.Append(i == 0 ? "(" : " OR (");
                    AppendToken(any.Conditions[i]);
                    _where.Append(')');
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(condition));
        }
    }

    private void DriveByIds(Condition.AnyId ids)
    {
        Append("r.type = ?", (long)_query.Type);
        Append(" AND r.id IN (SELECT value FROM json_each(?))", JsonArray.Of(ids.Ids));
        if (_query.Authority is { } authority)
            Append(" AND +r.authority = ?", authority.Value);
    }

    private void DriveByOrder()
    {
        Append("r.type = ?", (long)_query.Type);
        if (_query.Authority is { } authority)
            Append(" AND r.authority = ?", authority.Value);
    }

    private void Filter(Condition condition)
    {
        switch (condition)
        {
            case Condition.UpdatedWithin { Range: { IsOutside: true, From: { } from, To: { } to } }:
                Append(" AND (r.updated < ?", from.ToUnixTimeMilliseconds());
                Append(" OR r.updated > ?)", to.ToUnixTimeMilliseconds());
                break;
            case Condition.UpdatedWithin { Range: { From: var from, To: var to } }:
                if (from is { } earliest)
                    Append(" AND r.updated >= ?", earliest.ToUnixTimeMilliseconds());
                if (to is { } latest)
                    Append(" AND r.updated <= ?", latest.ToUnixTimeMilliseconds());
                break;
            case Condition.Without without:
                LeaveOut(without.Tokens);
                break;
            case Condition.AnyId ids:
                Append(" AND +r.id IN (SELECT value FROM json_each(?))", JsonArray.Of(ids.Ids));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(condition));
        }
    }

    private void Append(string sql, object value)
    {
        _where.Append(sql);
        _values.Add(value);
    }

    private void Bind(Statement statement)
    {
        foreach (var value in _values)
            _ = value switch
            {
                long number => statement.Add(number),
                string text => statement.Add(text),
                byte[] json => statement.AddUtf8(json),
                _ => throw new InvalidOperationException("Unknown kind of value."),
            };
    }
}
