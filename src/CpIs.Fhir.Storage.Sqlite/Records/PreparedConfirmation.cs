using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Records;

/// <summary>One confirmation, made ready on the caller's thread: the side values with the newer stamp take the place of the old.</summary>
internal sealed class PreparedConfirmation(Confirmation confirmation, RecordProtection protection)
{
    private readonly StoredResource _resource = confirmation.Resource;
    private readonly ReadOnlyMemory<byte> _side = ResourceColumns.SideOf(confirmation.Resource, protection);

    /// <summary>False when the version or its stamp was not as expected; then the whole commit is undone.</summary>
    public bool TryWrite(Connection connection)
    {
        long key;
        using (var current = connection.Prepare("SELECT key, version, side FROM resource WHERE type = ? AND id = ?"))
        {
            current.Add((long)_resource.Type).Add(_resource.Id);
            if (!current.Step() || current.Int(1) != _resource.Version)
                return false;
            var place = new ResourcePlace(_resource.Type, _resource.Authority, _resource.Id, _resource.Version);
            var side = protection.Open(current.Blob(2).ToArray(), place.Side);
            if (SideValuesJson.AddTo(_resource, side.Span).Stamp != confirmation.ExpectedStamp)
                return false;
            key = current.Long(0);
        }

        using var write = connection.Prepare("UPDATE resource SET side = ? WHERE key = ?");
        return write.Add(_side.Span).Add(key).Run() == 1;
    }
}
