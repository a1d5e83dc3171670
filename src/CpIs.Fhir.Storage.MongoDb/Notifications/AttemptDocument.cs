using CpIs.Fhir.Core.Notifications;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>
/// An attempt: <c>_id</c>, <c>s</c> Subscription, <c>t</c> when it ended, <c>by</c> which server, <c>y</c> type, <c>n</c> first number, <c>e</c> how many
/// events, <c>st</c> HTTP status, <c>ms</c> how long, <c>x</c> what it met. What there is nothing of is not there.
/// </summary>
internal static class AttemptDocument
{
    public static UpdateOneModel<BsonDocument> ToUpsert(DeliveryAttempt attempt)
    {
        var document = new BsonDocument
        {
            { "s", attempt.SubscriptionId },
            { "t", attempt.Time.UtcDateTime },
            { "by", attempt.Server },
            { "y", attempt.Type.Code() },
            { "e", attempt.Events },
            { "ms", (long)attempt.Duration.TotalMilliseconds },
        };
        if (attempt.FirstNumber is { } number)
            document.Add("n", number);
        if (attempt.HttpStatus is { } status)
            document.Add("st", status);
        if (attempt.Error is { } error)
            document.Add("x", error);
        return new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", attempt.Id),
            new BsonDocument("$setOnInsert", document)
        )
        {
            IsUpsert = true,
        };
    }

    public static DeliveryAttempt Read(BsonDocument document) =>
        new(
            document["_id"].AsString,
            document["s"].AsString,
            document["t"].ToUniversalTime(),
            document["by"].AsString,
            NotificationTypes.FromCode(document["y"].AsString) ?? NotificationType.EventNotification,
            document.TryGetValue("n", out var number) ? number.ToInt64() : null,
            document["e"].ToInt32(),
            document.TryGetValue("st", out var status) ? status.ToInt32() : null,
            TimeSpan.FromMilliseconds(document["ms"].ToInt64()),
            document.TryGetValue("x", out var error) ? error.AsString : null
        );
}
