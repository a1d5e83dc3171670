using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Records;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>
/// Resources for a copy, in the order of their keys: two walks side by side, one through the current versions and one
/// through the earlier ones.
/// </summary>
internal static class OutgoingResources
{
    private const int KeyColumn = 10;

    public static IEnumerable<TransferBatch> Read(Connection connection, RecordProtection protection, string? after)
    {
        var start = OutgoingKey.Number(after);
        using var versions = connection.Prepare(
            $"""
            SELECT {ResourceRow.VersionColumns}, v.resource FROM resource_version v CROSS JOIN resource r ON r.key = v.resource
            WHERE v.resource > ? ORDER BY v.resource, v.version
            """
        );
        versions.Add(start);
        var isVersion = versions.Step();
        using var rows = connection.Prepare(
            $"SELECT {ResourceRow.Columns}, r.key FROM resource r WHERE r.key > ? ORDER BY r.key"
        );
        rows.Add(start);
        var batch = new TransferBatchBuilder(TransferSection.Resources);
        var key = start;
        while (rows.Step())
        {
            key = rows.Long(KeyColumn);
            List<StoredResource>? earlier = null;
            for (; isVersion && versions.Long(KeyColumn) == key; isVersion = versions.Step())
                (earlier ??= []).Add(ResourceRow.Read(versions, protection));
            batch.Add(new PortableResource(ResourceRow.Read(rows, protection), earlier ?? []));
            if (batch.IsFull)
                yield return batch.Take(OutgoingKey.Of(key));
        }

        if (!batch.IsEmpty)
            yield return batch.Take(OutgoingKey.Of(key));
    }
}
