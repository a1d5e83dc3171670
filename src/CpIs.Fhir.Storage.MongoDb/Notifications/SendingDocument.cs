using CpIs.Fhir.Core.Notifications;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>
/// How sending to a Subscription stands, in its document: <c>x</c> failures, <c>fail</c> and <c>error</c> since the last success, <c>apart</c> (events
/// that are sent apart) and <c>aside</c> (when the next of them is tried). What there is nothing of is not there.
/// </summary>
internal static class SendingDocument
{
    private static readonly string[] Passing = ["fail", "error", "apart", "aside"];

    /// <summary>What is there.</summary>
    public static BsonDocument Of(SendingState state)
    {
        var document = new BsonDocument("x", state.Failures);
        if (state.FailingSince is { } since)
            document.Add("fail", since.UtcDateTime);
        if (state.LastError is { } error)
            document.Add("error", error);
        if (ApartEvents.Write(state.Apart) is { } apart)
            document.Add("apart", apart);
        if (state.ApartOrNone.NextAside is { } aside)
            document.Add("aside", aside.UtcDateTime);
        return document;
    }

    /// <summary>An update that puts it into the document, with what else is set.</summary>
    public static BsonDocument ToUpdate(SendingState state, BsonDocument also)
    {
        var set = Of(state);
        var unset = new BsonDocument(
            Passing.Where(field => !set.Contains(field)).Select(field => new BsonElement(field, ""))
        );
        set.AddRange(also);
        return unset.ElementCount == 0
            ? new BsonDocument("$set", set)
            : new BsonDocument { { "$set", set }, { "$unset", unset } };
    }

    public static SendingState Read(BsonDocument standing) =>
        new(
            // A server of the version before counted them on events.
            standing.GetValue("x", standing.Contains("fail") ? 1 : 0).AsInt32,
            standing.TryGetValue("fail", out var since) ? since.ToUniversalTime() : null,
            standing.TryGetValue("error", out var error) ? error.AsString : null,
            ApartEvents.Read(standing.TryGetValue("apart", out var apart) ? apart.AsString : null)
        );
}
