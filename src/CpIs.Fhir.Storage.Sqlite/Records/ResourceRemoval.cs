using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Records;

/// <summary>Removes one resource with its versions and search values. Its key may be given again, so nothing of it may stay.</summary>
internal static class ResourceRemoval
{
    /// <summary>False when the version was not as expected; then the whole commit is undone.</summary>
    public static bool TryRemove(Connection connection, Removal removal, RecordProtection protection)
    {
        StoredResource? current;
        long key;
        using (
            var row = connection.Prepare(
                $"SELECT {ResourceRow.Columns}, r.key FROM resource r WHERE r.type = ? AND r.id = ?"
            )
        )
        {
            row.Add((long)removal.Type).Add(removal.Id);
            if (!row.Step())
                return false;
            (current, key) = (ResourceRow.Read(row, protection), row.Long(10));
        }

        if (current.Version != removal.ExpectedVersion)
            return false;
        using (
            var tokens = connection.Prepare(
                "DELETE FROM token WHERE type = ? AND authority = ? AND token IN (SELECT value FROM json_each(?)) AND resource = ?"
            )
        )
            tokens
                .Add((long)removal.Type)
                .Add(current.Authority.Value)
                .AddUtf8(JsonArray.Of(protection.Tokens(current.Tokens)))
                .Add(key)
                .Run();
        using (var versions = connection.Prepare("DELETE FROM resource_version WHERE resource = ?"))
            versions.Add(key).Run();
        using var resource = connection.Prepare("DELETE FROM resource WHERE key = ?");
        return resource.Add(key).Run() == 1;
    }
}
