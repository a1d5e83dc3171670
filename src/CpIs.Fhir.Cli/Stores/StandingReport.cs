using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Core.Migrations;
using CpIs.Fhir.Core.Transfer;

namespace CpIs.Fhir.Cli.Stores;

/// <summary>What a command says of how a store stands.</summary>
internal static class StandingReport
{
    public static void Tell(Report report, string store, StoreStanding standing)
    {
        report.Object(ToJson(store, standing));
        report.Line(store);
        report.Line($"schema: {standing.Schema}, {Judge(standing)}");
        report.Line($"protection: {Protection(standing)}");
        if (standing.UnfinishedCopy is { } copy)
            report.Headline(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"unfinished: a copy from {copy.Source}, begun {copy.Started.UtcDateTime:yyyy-MM-dd HH:mm} UTC. No server opens this store. Run the copy again, or start with an empty store."
                ),
                Tone.Alarm
            );
        foreach (var pending in standing.Pending)
            report.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"pending: {pending.Version}: {pending.What}{(pending.Records > 0 ? $", {pending.Records:N0} records" : "")}"
                )
            );
        report.Table(
            ["Section", "Records"],
            [
                .. standing.Counts.Select(count =>
                    (IReadOnlyList<string>)[count.Key.Words(), count.Value.ToString("N0", CultureInfo.InvariantCulture)]
                ),
            ]
        );
    }

    public static JsonObject ToJson(PendingMigration pending) =>
        new()
        {
            ["version"] = pending.Version,
            ["what"] = pending.What,
            ["records"] = pending.Records,
        };

    private static JsonObject ToJson(string store, StoreStanding standing) =>
        new()
        {
            ["store"] = store,
            ["schema"] = standing.Schema,
            ["knownSchema"] = standing.KnownSchema,
            ["protection"] = Protection(standing),
            ["unfinishedCopyFrom"] = standing.UnfinishedCopy?.Source,
            ["pending"] = new JsonArray([.. standing.Pending.Select(ToJson)]),
            ["records"] = new JsonObject(
                Counts(standing).Select(count => KeyValuePair.Create(count.Words, (JsonNode?)count.Records))
            ),
        };

    /// <summary>Without the stamp, which a copy counts among the registrations.</summary>
    private static IEnumerable<(string Words, long Records)> Counts(StoreStanding standing) =>
        standing.Counts.Select(count =>
            (count.Key.Words(), count.Key == TransferSection.Registrations ? count.Value - 1 : count.Value)
        );

    private static string Judge(StoreStanding standing) =>
        standing.Schema == standing.KnownSchema ? "that of this version"
        : standing.Schema < standing.KnownSchema
            ? $"older than this version's {standing.KnownSchema}: cpis store migrate"
        : $"newer than this version's {standing.KnownSchema}: use the version that wrote it";

    private static string Protection(StoreStanding standing) =>
        standing.IsSealed switch
        {
            true => "sealed",
            false => "readable",
            null => "not decided yet",
        };
}
