using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Stores;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Cli.Commands;

internal static class StoreFillCommand
{
    private const int MostOfOne = 900_000;

    public static Command Create(Tool tool)
    {
        var to = new StoreChoice("--to", "The empty store to fill");
        var children = new Option<int>("--children")
        {
            Description = "How many, divided among the authorities.",
            Required = true,
            HelpName = "N",
        };
        var authorities = new Option<string[]>("--authority")
        {
            Description = "ODS code of an authority that holds them; can be given several times.",
            Required = true,
            HelpName = "ODS",
        };
        var seed = new Option<int>("--seed")
        {
            Description = "The same seed gives the same children.",
            DefaultValueFactory = _ => 1,
            HelpName = "S",
        };
        var date = new Option<DateOnly?>("--date")
        {
            Description = "The day that plans are dated around, YYYY-MM-DD; by default today.",
        };
        var numbers = new Option<string>("--numbers")
        {
            Description = "File for the NHS numbers for which a look-up shows a plan.",
            DefaultValueFactory = _ => "population.numbers.txt",
            HelpName = "FILE",
        };
        var command = new ToolCommand(
            "fill",
            "Fill an empty store with synthetic children, many times faster than by uploads.",
            "cpis store fill --children 100000 --authority XHF01 --to sqlite:./bench",
            "cpis store fill --children 1000000 --authority XHF01 --authority XHF02 --to mongodb:bench"
        )
        {
            Details = """
                For tests and benchmarks: people who do not exist, with NHS numbers of the test range (999...), as `cpis population`
                makes them. It stores what their first upload would store. It registers nobody.
                If it is interrupted, run the same command again: it continues; with --date also on another day.
                """,
        };
        foreach (var option in new Option[] { children, authorities, seed, date, numbers }.Concat(to.Options))
            command.Add(option);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var day = run.Get(date) ?? LondonCalendar.DayOf(run.Surroundings.Time.GetUtcNow());
                var populations = Populations(run.Get(authorities)!, run.Get(children), day, run.Get(seed));
                var writes = to.ReadProtection(run);
                using var ofTarget = writes as IDisposable;
                try
                {
                    await using var source = new SyntheticSource(populations);
                    await using var target = await to.OpenTargetAsync(run, writes, cancellation);
                    var code = await CopyRun.RunAsync(run, source, target, cancellation);
                    if (code == ExitCode.Done)
                        await WriteNumbersAsync(run, populations, run.Get(numbers)!, cancellation);
                    return code;
                }
                catch (StoreUnavailableException failure)
                {
                    throw new CannotRunException(failure.Message, inner: failure);
                }
            }
        );
    }

    private static List<SyntheticPopulation> Populations(string[] authorities, int children, DateOnly day, int seed)
    {
        var codes = new List<OdsCode>();
        foreach (var authority in authorities.Distinct())
            codes.Add(
                OdsCode.TryParse(authority, out var code)
                    ? code
                    : throw new CannotRunException(
                        $"'{authority}' is not an ODS code: 3 to 12 capital letters and digits."
                    )
            );
        if (children < codes.Count || children / codes.Count >= MostOfOne)
            throw new CannotRunException(
                $"--children must be 1 to {MostOfOne.ToString(CultureInfo.InvariantCulture)} for each authority, the size of the test range."
            );
        return
        [
            .. codes.Select(
                (code, i) =>
                    SyntheticPopulation.OfCounty(
                        code,
                        children / codes.Count + (i < children % codes.Count ? 1 : 0),
                        day,
                        seed
                    )
            ),
        ];
    }

    private static async Task WriteNumbersAsync(
        Run run,
        List<SyntheticPopulation> populations,
        string path,
        CancellationToken cancellation
    )
    {
        await File.WriteAllLinesAsync(
            path,
            populations.SelectMany(PopulationCommand.Visible).Select(number => number.Digits),
            cancellation
        );
        run.Report.Object(new JsonObject { ["children"] = populations.Sum(p => p.Count), ["numbers"] = path });
        run.Report.Line($"{path} lists the NHS numbers for which a look-up shows a plan");
    }
}
