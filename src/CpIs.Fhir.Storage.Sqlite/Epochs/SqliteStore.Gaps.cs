using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc />
    public Task<IReadOnlyList<NumberingGap>> ReadGapsAsync(string subscriptionId, CancellationToken cancellation) =>
        ReadAsync(
            connection =>
            {
                using var row = connection.Prepare("SELECT gaps FROM subscription WHERE id = ?");
                row.Add(subscriptionId);
                return row.Step() ? NumberingGap.Read(row.TextOrNull(0)) : [];
            },
            cancellation
        );
}
