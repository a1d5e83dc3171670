using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.MongoDb.Epochs;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc />
    public async Task<IReadOnlyList<NumberingGap>> ReadGapsAsync(
        string subscriptionId,
        CancellationToken cancellation
    ) =>
        await FirstAsync(_collections.Subscriptions, new BsonDocument("_id", subscriptionId), cancellation)
            is { } standing
            ? EpochDocument.ReadGaps(standing)
            : [];
}
