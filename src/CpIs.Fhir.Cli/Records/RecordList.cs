using System.Globalization;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Cli.Records;

/// <summary>A list of what an authority holds: a table, or one object a line as the pages come.</summary>
/// <param name="Type">FHIR resource type.</param>
/// <param name="What">What it is a list of, for progress: <c>plans</c>.</param>
/// <param name="Headings">What the cells of a row are.</param>
/// <param name="ReadAsync">Makes the rows of a page, which may need a search more.</param>
internal sealed record RecordList(
    string Type,
    string What,
    IReadOnlyList<string> Headings,
    Func<Searches, Found, CancellationToken, Task<IReadOnlyList<IRow>>> ReadAsync
)
{
    /// <summary>Searches and shows.</summary>
    /// <param name="run">The run.</param>
    /// <param name="parameters">What is searched for.</param>
    /// <param name="most">Most lines.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task<int> ShowAsync(
        Run run,
        IReadOnlyList<(string Name, string Value)> parameters,
        int most,
        CancellationToken cancellation
    )
    {
        using var exchange = ConnectAsOwner(run);
        var searches = new Searches(exchange);
        var rows = new List<IRow>();
        // A list of one page is there at once.
        var total =
            most <= Searches.MostOnPage
                ? await ReadAllAsync(null)
                : await PhaseProgress.RunAsync(run.Surroundings, ReadAllAsync);
        RowTable.ShowChildren(run.Report, Headings, rows);
        if (total > rows.Count)
            run.Report.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Shown: {rows.Count:N0} of {total:N0}. For more: --limit N, or --all."
                )
            );
        return ExitCode.Done;

        async Task<int?> ReadAllAsync(PhaseProgress? progress)
        {
            int? all = null;
            await foreach (var page in searches.PagesAsync(Type, parameters, most, cancellation))
            {
                all = page.Total;
                foreach (var row in await ReadAsync(searches, page, cancellation))
                {
                    run.Report.Object(row.ToJson());
                    rows.Add(row);
                }

                if (all > page.Resources.Count)
                    progress?.Report(What, rows.Count, Math.Min(most, all.Value));
            }

            return all;
        }
    }

    /// <summary>A client of the exchange for whoever holds records. To a care setting a search of these is a look-up, with all that follows.</summary>
    /// <param name="run">The run.</param>
    /// <param name="userPath">The person instead of the client file's, or null.</param>
    /// <exception cref="CannotRunException">The client is a care setting's.</exception>
    public static ExchangeClient ConnectAsOwner(Run run, string? userPath = null) =>
        run.ReadClient().Kind == CallerKind.Setting
            ? throw new CannotRunException(
                "this shows what an authority holds, and the client is a care setting's. Use: cpis lookup NHS-NUMBER."
            )
            : run.Connect(userPath);
}
