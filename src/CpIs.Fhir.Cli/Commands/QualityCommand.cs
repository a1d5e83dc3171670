using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis quality</c>: the data quality of an authority's register, as of the last night.</summary>
internal static class QualityCommand
{
    private const string Path = "$quality";
    private const string What = "the data-quality report";

    public static Command Create(Tool tool)
    {
        var csv = new Option<string?>("--csv")
        {
            Description =
                "Write the report to a file for a spreadsheet: the numbers, and which records they are about.",
            HelpName = "FILE",
        };
        var date = new Option<string?>("--date")
        {
            Description = "The report that was made on this day; reports are kept 30 days. [the newest]",
            HelpName = "YYYY-MM-DD",
        };
        date.Validators.Add(result =>
        {
            if (
                result.GetValueOrDefault<string?>() is { } text
                && !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            )
                result.AddError("--date must be a day, such as 2026-11-23.");
        });
        var command = new ToolCommand(
            "quality",
            "Show the data quality of your register as of the last night, as an authority; as an operator, the numbers of all.",
            "cpis quality --client examples/clients/authority-xhf01.json",
            "cpis quality --csv quality.csv",
            "cpis quality --json | jq -r 'select(.measure == \"failing\").count'"
        )
        {
            Details = """
                The report is made once in a London night, after 04:00, and again only in the next night.
                The numbers tell you where to look; the file of --csv says which records, by your own ids, and what to do.
                """,
        };
        command.Add(csv);
        command.Add(date);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                using var exchange = RecordList.ConnectAsOwner(run);
                var query = run.Get(date) is { } day ? $"{Path}?date={day}" : Path;
                var answer = await exchange.GetAsync(
                    new Ask(HttpMethod.Get, query) { Repeatable = true },
                    What,
                    cancellation
                );
                foreach (var report in ReportsIn(answer.ReadJson()))
                    Show(run, report);
                if (run.Get(csv) is { } path)
                {
                    var table = await exchange.GetAsync(
                        new Ask(HttpMethod.Get, query) { Repeatable = true, Accept = "text/csv" },
                        What,
                        cancellation
                    );
                    await File.WriteAllBytesAsync(path, table.Body.ToArray(), cancellation);
                    run.Report.Note($"Written: {path}");
                }

                return ExitCode.Done;
            }
        );
    }

    private static IEnumerable<JsonElement> ReportsIn(JsonElement answer) =>
        answer.Text("resourceType") == "Bundle" ? answer.List("entry").Select(entry => entry.At("resource")) : [answer];

    private static void Show(Run run, JsonElement report)
    {
        var (authority, day) = (
            report.At("reporter").At("identifier").Text("value") ?? "",
            report.At("period").Text("end") ?? ""
        );
        var groups = report.List("group").ToList();
        foreach (var group in groups)
            run.Report.Object(
                new JsonObject
                {
                    ["authority"] = authority,
                    ["day"] = day,
                    ["measure"] = CodeOf(group.At("code")),
                    ["count"] = CountOf(group),
                    ["by"] = StrataOf(group),
                }
            );
        if (report.Text("status") == "pending")
            run.Report.Note("There is no report yet: the first is made in the next night, after 04:00.");
        run.Report.Line($"{authority}, {day}");
        run.Report.Table(
            ["What", "Count"],
            [
                .. groups.SelectMany(group =>
                    Rows(group).Prepend([group.At("code").Text("text") ?? "", $"{CountOf(group)}"])
                ),
            ]
        );
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(JsonElement group) =>
        from stratifier in @group.List("stratifier")
        from stratum in stratifier.List("stratum")
        select (IReadOnlyList<string>)[$"  {stratum.At("value").Text("text")}", $"{CountOf(stratum)}"];

    private static JsonObject? StrataOf(JsonElement group)
    {
        var by = new JsonObject();
        foreach (var stratifier in group.List("stratifier"))
        {
            var strata = new JsonObject();
            foreach (var stratum in stratifier.List("stratum"))
                strata[stratum.At("value").Text("text") ?? ""] = CountOf(stratum);
            by[CodeOf(stratifier.List("code").FirstOrDefault())] = strata;
        }

        return by.Count > 0 ? by : null;
    }

    private static string CodeOf(JsonElement concept) => concept.List("coding").FirstOrDefault().Text("code") ?? "";

    private static int CountOf(JsonElement counted) =>
        counted.List("population").FirstOrDefault() is { ValueKind: JsonValueKind.Object } population
        && population.TryGetProperty("count", out var count)
            ? count.GetInt32()
            : 0;
}
