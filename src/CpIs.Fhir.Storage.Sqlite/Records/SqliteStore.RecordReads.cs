using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.LookUps;
using CpIs.Fhir.Storage.Sqlite.Records;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc />
    public Task<StoredResource?> ReadAsync(RecordType type, string id, int? version, CancellationToken cancellation) =>
        ReadAsync(
            connection =>
            {
                var current = ReadCurrent(connection, type, id);
                return version is not { } wanted || current is null || current.Version == wanted
                    ? current
                    : ReadVersion(connection, type, id, wanted);
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<string, StoredResource>> ReadByIdentityAsync(
        RecordType type,
        IReadOnlyCollection<string> identities,
        CancellationToken cancellation
    )
    {
        var wanted = identities.ToHashSet(StringComparer.Ordinal);
        var keys = JsonArray.Of(wanted.Select(_protection.IdentityKey));
        return ReadAsync<IReadOnlyDictionary<string, StoredResource>>(
            connection =>
            {
                using var rows = connection.Prepare(
                    $"SELECT {ResourceRow.Columns} FROM json_each(?) j CROSS JOIN resource r WHERE r.type = ? AND r.identity = j.value"
                );
                rows.AddUtf8(keys).Add((long)type);
                var found = new Dictionary<string, StoredResource>(identities.Count, StringComparer.Ordinal);
                while (rows.Step())
                {
                    var resource = ResourceRow.Read(rows, _protection);
                    if (resource.Identity is { } identity && wanted.Contains(identity))
                        found[identity] = resource;
                }

                return found;
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<StoredResource>> ReadChildAsync(NhsNumber child, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<StoredResource>>(
            connection =>
            {
                using var rows = connection.Prepare(LookUpSql.Child);
                rows.Add(_protection.ChildKey(child));
                return ReadAll(rows, found => found == child);
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<StoredResource>> ReadOwnAsync(
        OdsCode authority,
        IReadOnlyCollection<NhsNumber> children,
        CancellationToken cancellation
    )
    {
        var wanted = children.ToHashSet();
        var keys = JsonArray.Of(wanted.Select(_protection.ChildKey).Distinct());
        return ReadAsync<IReadOnlyList<StoredResource>>(
            connection =>
            {
                using var rows = connection.Prepare(
                    $"SELECT {ResourceRow.Columns} FROM json_each(?) j CROSS JOIN resource r WHERE r.child = j.value AND r.type IN (?, ?) AND r.authority = ?"
                );
                rows.AddUtf8(keys)
                    .Add((long)RecordType.Patient)
                    .Add((long)RecordType.EpisodeOfCare)
                    .Add(authority.Value);
                return ReadAll(rows, wanted.Contains);
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<StoredResource>> ReadPatientsAsync(
        OdsCode authority,
        string? after,
        int limit,
        CancellationToken cancellation
    ) =>
        ReadAsync<IReadOnlyList<StoredResource>>(
            connection =>
            {
                // Named, because without statistics SQLite would walk over the Patients of all authorities.
                using var rows = connection.Prepare(
                    $"SELECT {ResourceRow.Columns} FROM resource r INDEXED BY resource_read_patients WHERE r.type = 1 AND r.authority = ? AND r.id > ? ORDER BY r.id LIMIT ?"
                );
                rows.Add(authority.Value).Add(after ?? "").Add(limit);
                return ResourceRow.ReadAll(rows, _protection);
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<Page<StoredResource>> SearchAsync(RecordQuery query, CancellationToken cancellation) =>
        SearchAsync(connection => SearchSql.Run(connection, query, _protection), cancellation);

    /// <inheritdoc />
    public Task<IdempotentAnswer?> ReadAnswerAsync(string clientId, string requestId, CancellationToken cancellation) =>
        ReadAsync(
            connection =>
            {
                using var row = connection.Prepare(
                    "SELECT hash, status, body, location, expires FROM answer WHERE client = ? AND request = ? AND +expires > ?"
                );
                row.Add(clientId).Add(requestId).Add(_time.GetUtcNow().ToUnixTimeMilliseconds());
                return row.Step()
                    ? _protection.Open(
                        new IdempotentAnswer(
                            clientId,
                            requestId,
                            row.Blob(0).ToArray(),
                            row.Int(1),
                            row.Blob(2).ToArray(),
                            row.TextOrNull(3),
                            Instant(row.Long(4))
                        )
                    )
                    : null;
            },
            cancellation
        );

    /// <summary>What was found by a child's key is compared with the child: two may share a hash.</summary>
    private List<StoredResource> ReadAll(Statement rows, Func<NhsNumber, bool> isWanted)
    {
        var resources = ResourceRow.ReadAll(rows, _protection);
        resources.RemoveAll(resource => resource.Child is not { } child || !isWanted(child));
        return resources;
    }

    private StoredResource? ReadCurrent(Connection connection, RecordType type, string id)
    {
        using var row = connection.Prepare(
            $"SELECT {ResourceRow.Columns} FROM resource r WHERE r.type = ? AND r.id = ?"
        );
        row.Add((long)type).Add(id);
        return row.Step() ? ResourceRow.Read(row, _protection) : null;
    }

    private StoredResource? ReadVersion(Connection connection, RecordType type, string id, int version)
    {
        using var row = connection.Prepare(
            $"SELECT {ResourceRow.VersionColumns} FROM resource r JOIN resource_version v ON v.resource = r.key AND v.version = ? WHERE r.type = ? AND r.id = ?"
        );
        row.Add(version).Add((long)type).Add(id);
        return row.Step() ? ResourceRow.Read(row, _protection) : null;
    }
}
