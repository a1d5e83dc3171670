using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Records;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc />
    public Task AddAttemptsAsync(IReadOnlyList<DeliveryAttempt> attempts, CancellationToken cancellation) =>
        _calls.WriteAsync(
            (_, late) =>
                _collections.Attempts.BulkWriteAsync(
                    attempts.Select(AttemptDocument.ToUpsert),
                    new BulkWriteOptions { IsOrdered = false },
                    late
                ),
            cancellation
        );

    /// <inheritdoc />
    public async Task<IReadOnlyList<DeliveryAttempt>> ReadAttemptsAsync(
        string subscriptionId,
        PagePosition? after,
        int limit,
        CancellationToken cancellation
    )
    {
        var filter = new BsonDocument("s", subscriptionId);
        if (after is { } position)
            filter.AddRange(SearchFilter.Behind("t", position, position.Id, ascending: false));
        var found = await _calls.ReadAsync(
            late =>
                _collections
                    .Attempts.Find(filter, new FindOptions { MaxTime = _options.ReadTimeout })
                    .Sort(new BsonDocument { { "t", -1 }, { "_id", -1 } })
                    .Limit(limit)
                    .ToListAsync(late),
            cancellation
        );
        return [.. found.Select(AttemptDocument.Read)];
    }

    /// <inheritdoc />
    public Task<int> RemoveAttemptsAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        RemoveAsync(
            _collections.Attempts,
            new BsonDocument("t", new BsonDocument("$lt", before.UtcDateTime)),
            "t",
            limit,
            cancellation
        );
}
