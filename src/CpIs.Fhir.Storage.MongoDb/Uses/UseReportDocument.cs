using CpIs.Fhir.Core.Limits;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Uses;

/// <summary>
/// What one server granted within one interval: <c>_id</c> server and number, <c>s</c>, <c>n</c>, <c>t</c> time, <c>k</c> keys
/// and <c>u</c> how often each, in the same order.
/// </summary>
internal static class UseReportDocument
{
    public static BsonDocument Write(UseReport report) =>
        new()
        {
            { "_id", $"{report.Server}/{report.Number}" },
            { "s", report.Server },
            { "n", report.Number },
            { "t", report.Time.UtcDateTime },
            { "k", new BsonArray(report.Uses.Select(use => use.Key)) },
            { "u", new BsonArray(report.Uses.Select(use => use.Count)) },
        };

    public static UseReport Read(BsonDocument document) =>
        new(
            document["s"].AsString,
            document["n"].ToInt64(),
            document["t"].ToUniversalTime(),
            [
                .. document["k"]
                    .AsBsonArray.Zip(document["u"].AsBsonArray, (key, count) => new Use(key.AsString, count.AsInt32)),
            ]
        );
}
