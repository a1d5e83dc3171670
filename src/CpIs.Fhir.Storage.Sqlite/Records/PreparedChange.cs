using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite.Connections;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Sqlite.Records;

/// <summary>
/// One change, made ready on the caller's thread so that the writer thread only writes: its side values and tokens are
/// already the bytes that are bound.
/// </summary>
internal sealed class PreparedChange
{
    private readonly StoredResource _resource;
    private readonly RecordProtection _protection;
    private readonly int _expected;
    private readonly UploadStamp? _expectedStamp;
    private readonly ResourceColumns _columns;
    private readonly byte[] _tokens;

    /// <exception cref="ArgumentException">The version does not follow the one expected: a bug of the caller.</exception>
    public PreparedChange(Change change, RecordProtection protection)
    {
        (_resource, _expected, _protection) = (change.Resource, change.ExpectedVersion, protection);
        _expectedStamp = change.ExpectedStamp;
        if (_resource.Version != _expected + 1)
            throw new ArgumentException(
                "The version of a change must follow the version that it expects.",
                nameof(change)
            );
        _columns = new ResourceColumns(_resource, protection);
        _tokens = JsonArray.Of(protection.Tokens(_resource.Tokens));
    }

    /// <summary>False when the version, its stamp or the identity was not as expected; then the whole commit is undone.</summary>
    public bool TryWrite(Connection connection)
    {
        try
        {
            if (_expected == 0)
                Insert(connection);
            else if (!TryReplace(connection))
                return false;
        }
        catch (SqliteException failure) when (StoreFailure.IsDuplicate(failure))
        {
            return false;
        }

        if (_resource.Subscription is { } terms && _resource.Type == RecordType.Subscription)
        {
            using var statement = connection.Prepare(
                """
                INSERT INTO subscription (id, authority, takes_events, max_count, sends, topic) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET takes_events = excluded.takes_events, max_count = excluded.max_count
                """
            );
            statement
                .Add(_resource.Id)
                .Add(_resource.Authority.Value)
                .Add(terms.TakesEvents ? 1 : 0)
                .Add(Math.Max(1, terms.MaxCount))
                .Add(terms.Channel != ChannelKind.Inbox ? 1 : 0)
                .Add((long)terms.Topic)
                .Run();
        }

        return true;
    }

    private void Insert(Connection connection)
    {
        using (
            var statement = connection.Prepare(
                """
                INSERT INTO resource (version, updated, authority, identity, child, side, setting_view, body, type, id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            )
        )
            _columns.Bind(statement).Add((long)_resource.Type).Add(_resource.Id).Run();
        AddTokens(connection, connection.LastKey);
        using var owner = connection.Prepare("INSERT OR IGNORE INTO token_owner (type, authority) VALUES (?, ?)");
        owner.Add((long)_resource.Type).Add(_resource.Authority.Value).Run();
    }

    private bool TryReplace(Connection connection)
    {
        long key;
        bool sameTokens;
        using (
            var current = connection.Prepare(
                "SELECT key, version, authority, side FROM resource WHERE type = ? AND id = ?"
            )
        )
        {
            current.Add((long)_resource.Type).Add(_resource.Id);
            if (!current.Step() || current.Int(1) != _expected)
                return false;
            if (current.Text(2) != _resource.Authority.Value)
                throw new InvalidOperationException("A resource never changes its owner.");
            key = current.Long(0);
            // The old side values name the old tokens, so that no index by resource is needed to find them.
            var place = new ResourcePlace(_resource.Type, _resource.Authority, _resource.Id, _expected);
            var old = SideValuesJson.AddTo(_resource, _protection.Open(current.Blob(3).ToArray(), place.Side).Span);
            if (old.Stamp != _expectedStamp)
                return false;
            sameTokens = old.Tokens.SequenceEqual(_resource.Tokens);
            if (!sameTokens)
                RemoveTokens(connection, key, old.Tokens);
        }

        using (
            var keep = connection.Prepare(
                """
                INSERT INTO resource_version (resource, version, updated, authority, identity, child, side, setting_view, body)
                SELECT key, version, updated, authority, identity, child, side, setting_view, body FROM resource WHERE key = ?
                """
            )
        )
            keep.Add(key).Run();
        using (
            var replace = connection.Prepare(
                """
                UPDATE resource SET version = ?, updated = ?, authority = ?, identity = ?, child = ?, side = ?,
                    setting_view = ?, body = ? WHERE key = ?
                """
            )
        )
            _columns.Bind(replace).Add(key).Run();
        if (!sameTokens)
            AddTokens(connection, key);
        return true;
    }

    private void AddTokens(Connection connection, long key)
    {
        using var statement = connection.Prepare(
            "INSERT OR IGNORE INTO token (type, authority, token, resource) SELECT ?, ?, value, ? FROM json_each(?)"
        );
        statement.Add((long)_resource.Type).Add(_resource.Authority.Value).Add(key).AddUtf8(_tokens).Run();
    }

    private void RemoveTokens(Connection connection, long key, IReadOnlyList<string> old)
    {
        using var statement = connection.Prepare(
            "DELETE FROM token WHERE type = ? AND authority = ? AND token IN (SELECT value FROM json_each(?)) AND resource = ?"
        );
        statement
            .Add((long)_resource.Type)
            .Add(_resource.Authority.Value)
            .AddUtf8(JsonArray.Of(_protection.Tokens(old)))
            .Add(key)
            .Run();
    }
}
