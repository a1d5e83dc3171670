using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Administration;

/// <summary>Shows a list of the admin interface (<c>{"items":[...]}</c>): a table, or one object a line.</summary>
internal static class AdminList
{
    /// <summary>Asks for the list and shows it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="path">Path below the root.</param>
    /// <param name="columns">Heading and member of each column, in order.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public static async Task<int> ShowAsync(
        Run run,
        string path,
        IReadOnlyList<(string Heading, string Member)> columns,
        CancellationToken cancellation
    )
    {
        using var exchange = run.Connect();
        var answer = await exchange.SendAsync(new Ask(HttpMethod.Get, path) { Repeatable = true }, cancellation);
        if (!answer.IsSuccess)
            return run.Report.Refused(answer, "the list");
        var items = answer.ReadJson().List("items").ToList();
        foreach (var item in items)
            run.Report.Object(JsonObject.Create(item) ?? []);
        run.Report.Table(
            [.. columns.Select(c => c.Heading)],
            [.. items.Select(i => (IReadOnlyList<string>)[.. columns.Select(c => Cell(i.At(c.Member)))])]
        );
        if (items.Count == 0)
            run.Report.Line("(none)");
        return ExitCode.Done;
    }

    private static string Cell(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => "",
            JsonValueKind.True => "yes",
            JsonValueKind.False => "",
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Cell)),
            _ => value.GetRawText(),
        };
}
