using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Cli.Commands;

internal static class PopulationCommand
{
    public static Command Create(Tool tool)
    {
        var children = new Option<int>("--children")
        {
            Description = "How many.",
            Required = true,
            HelpName = "N",
        };
        children.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 900_000)
                result.AddError("--children must be 1 to 900000, the size of the test range.");
        });
        var authority = new Option<string>("--authority")
        {
            Description = "ODS code of the authority that holds them.",
            Required = true,
            HelpName = "ODS",
        };
        var output = new Option<string>("--out")
        {
            Description = "Folder to write to; made if it does not exist.",
            Required = true,
            HelpName = "DIR",
        };
        var seed = new Option<int>("--seed")
        {
            Description = "The same seed gives the same children.",
            DefaultValueFactory = _ => 1,
            HelpName = "S",
        };
        var name = new Option<string>("--name")
        {
            Description = "Beginning of the file names.",
            DefaultValueFactory = _ => "population",
        };
        var date = new Option<DateOnly?>("--date")
        {
            Description = "The day that plans are dated around, YYYY-MM-DD; by default today.",
        };
        var command = new ToolCommand(
            "population",
            "Write synthetic children as the Bundles in which an authority would send them.",
            "cpis population --children 200 --authority XHF01 --out extract",
            "cpis upload extract --client examples/clients/authority-xhf01.json"
        )
        {
            Details = """
                People who do not exist, with NHS numbers of the test range (999...), in the proportions of a county.
                NAME.numbers.txt lists the NHS numbers for which a look-up shows a plan.
                """,
        };
        foreach (var option in new Option[] { children, authority, output, seed, name, date })
            command.Add(option);
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                if (!OdsCode.TryParse(run.Get(authority), out var ods))
                    throw new CannotRunException(
                        $"'{run.Get(authority)}' is not an ODS code: 3 to 12 capital letters and digits."
                    );
                var today = run.Get(date) ?? LondonCalendar.DayOf(run.Surroundings.Time.GetUtcNow());
                var population = SyntheticPopulation.OfCounty(ods, run.Get(children), today, run.Get(seed));
                await WriteAsync(run, population, run.Get(output)!, run.Get(name)!, cancellation);
                return ExitCode.Done;
            }
        );
    }

    /// <summary>NHS numbers of which a look-up shows a plan on that day.</summary>
    internal static IEnumerable<NhsNumber> Visible(SyntheticPopulation population) =>
        population
            .Children()
            .Where(child =>
                child.Plans.Any(plan =>
                    Visibility.IsVisible(
                        new Plan("", plan.Type, plan.Status, plan.Start, plan.End),
                        population.Today,
                        child.BirthDate,
                        population.Today
                    )
                )
            )
            .Select(child => child.NhsNumber);

    private static async Task WriteAsync(
        Run run,
        SyntheticPopulation population,
        string folder,
        string name,
        CancellationToken cancellation
    )
    {
        Directory.CreateDirectory(folder);
        var files = 0;
        await ProgressBar.RunAsync(
            run.Surroundings,
            "Writing",
            population.Count / (SyntheticUpload.DefaultEntries / 2) + 1,
            async advance =>
            {
                foreach (var bundle in SyntheticUpload.Bundles(population))
                {
                    files++;
                    var path = Path.Combine(
                        folder,
                        string.Create(CultureInfo.InvariantCulture, $"{name}-{files:D5}.json")
                    );
                    await File.WriteAllBytesAsync(path, bundle, cancellation);
                    run.Report.Object(new JsonObject { ["file"] = path, ["bytes"] = bundle.Length });
                    advance();
                }
            }
        );
        var numbers = Path.Combine(folder, name + ".numbers.txt");
        await File.WriteAllLinesAsync(numbers, Visible(population).Select(n => n.Digits), cancellation);
        run.Report.Object(
            new JsonObject
            {
                ["children"] = population.Count,
                ["bundles"] = files,
                ["numbers"] = numbers,
            }
        );
        run.Report.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{population.Count} synthetic children of {population.Authority} in {files} Bundles under {folder}"
            )
        );
    }
}
