using System.Text.Json.Nodes;
using MongoDB.Bson;

namespace MongoGateway.Commands;

/// <summary>A plan of PostgreSQL, told as a server tells its own.</summary>
internal static class Plan
{
    /// <param name="collection">The namespace it reads.</param>
    /// <param name="explained">What EXPLAIN (FORMAT JSON) said.</param>
    /// <param name="wasExecuted">Whether it was run, so that there are counts.</param>
    public static BsonDocument Describe(string collection, JsonNode explained, bool wasExecuted)
    {
        var top = explained["Plan"]!;
        var scans = Nodes(top).Where(IsScan).ToArray();
        var stages = new BsonArray(scans.Select(scan => Stage(scan, wasExecuted)));
        var told = new BsonDocument
        {
            {
                "queryPlanner",
                new BsonDocument
                {
                    { "namespace", collection },
                    { "winningPlan", Winning(stages, Nodes(top).Any(node => Text(node, "Node Type") == "Sort")) },
                    { "rejectedPlans", new BsonArray() },
                    { "postgresPlan", BsonDocument.Parse(top.ToJsonString()) },
                }
            },
        };
        if (wasExecuted)
            told.Add(
                "executionStats",
                new BsonDocument
                {
                    { "executionSuccess", true },
                    { "nReturned", Rows(top, "Actual Rows") },
                    { "executionTimeMillis", (int)(Number(explained["Execution Time"]) ?? 0) },
                    { "totalKeysExamined", scans.Where(scan => IndexOf(scan) is not null).Sum(Examined) },
                    { "totalDocsExamined", scans.Sum(Examined) },
                }
            );
        return told;
    }

    private static BsonDocument Winning(BsonArray stages, bool sorts)
    {
        var scan = stages.Count == 1 ? stages[0].AsBsonDocument : new("stage", "OR") { { "inputStages", stages } };
        return sorts ? new("stage", "SORT") { { "inputStage", scan } } : scan;
    }

    private static BsonDocument Stage(JsonNode scan, bool wasExecuted)
    {
        var index = IndexOf(scan);
        var stage = index is null
            ? new BsonDocument("stage", "COLLSCAN")
            : new("stage", "IXSCAN") { { "indexName", index } };
        if (wasExecuted)
            stage.AddRange(
                new BsonDocument { { "nReturned", Rows(scan, "Actual Rows") }, { "docsExamined", Examined(scan) } }
            );
        return stage;
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node) =>
        (node["Plans"]?.AsArray() ?? []).SelectMany(inner => Nodes(inner!)).Prepend(node);

    /// <summary>Whatever takes rows from a table of documents; a bitmap's heap is read through the index scan below it.</summary>
    private static bool IsScan(JsonNode node) =>
        Text(node, "Node Type") is "Seq Scan" or "Index Scan" or "Index Only Scan" or "Bitmap Index Scan";

    /// <summary>The index that narrows a scan. Walking all of an index is a collection scan by another name.</summary>
    private static string? IndexOf(JsonNode scan) =>
        Text(scan, "Index Cond") is { } condition
        && (
            condition.Contains("document", StringComparison.Ordinal)
            || condition.Contains("object_id", StringComparison.Ordinal)
        )
            ? Text(scan, "Index Name")
            : null;

    private static long Examined(JsonNode scan) =>
        Rows(scan, "Actual Rows") + Rows(scan, "Rows Removed by Filter") + Rows(scan, "Rows Removed by Index Recheck");

    /// <summary>Counts are told as an average of the loops.</summary>
    private static long Rows(JsonNode node, string name) =>
        (long)Math.Round((Number(node[name]) ?? 0) * (Number(node["Actual Loops"]) ?? 1));

    private static double? Number(JsonNode? value) => value?.GetValue<double>();

    private static string? Text(JsonNode node, string name) => node[name]?.ToString();
}
