using System.CommandLine;
using CpIs.Fhir.Benchmarks.BothStores;
using CpIs.Fhir.Benchmarks.BySize;
using CpIs.Fhir.Benchmarks.Nights;
using CpIs.Fhir.Benchmarks.Notices;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>The command line of the measurements of running servers.</summary>
internal static class MeasureCommands
{
    private static readonly string[] AllStores = ["sqlite", "mongodb"];

    private static readonly Option<string> Server = new("--server-folder")
    {
        Description = "Folder of the published server.",
        Required = true,
    };

    private static readonly Option<string> Output = new("--out")
    {
        Description = "Folder for results, and for the embedded store meanwhile: on the disk that is meant.",
        DefaultValueFactory = _ => "artifacts/measure",
    };

    private static readonly Option<string[]> Stores = new("--stores")
    {
        Description = "Which, in this order.",
        DefaultValueFactory = _ => AllStores,
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> Seconds = Number("--seconds", "Counted time of each phase.", 10, most: 200);
    private static readonly Option<int> Connections = Number("--connections", "Look-ups at a time.", 64, most: 1_000);

    private static readonly Option<double> HitRatio = new("--hit-ratio")
    {
        Description = "Share of look-ups that show a plan.",
        DefaultValueFactory = _ => 0.03,
    };

    public static Task<int> RunAsync(string[] args)
    {
        Stores.AcceptOnlyFromAmong(AllStores);
        return new RootCommand("Measures servers on both stores.") { BothStores(), Sizes(), Notices(), Nights() }
            .Parse(args)
            .InvokeAsync();
    }

    private static Command BothStores()
    {
        var rounds = Number("--rounds", "How often each store's turn comes.", 3, most: 20);
        var children = Number("--children", "Children held.", 10_000, most: 1_000_000);
        var command = new Command("both-stores", "The verb bench on each store in turn, and one table.")
        {
            rounds,
            children,
        };
        return Measures(
            command,
            (options, parsed, cancellation) =>
                BothStoresRun.RunAsync(parsed.GetValue(rounds), parsed.GetValue(children), options, cancellation)
        );
    }

    private static Command Sizes()
    {
        var sizes = new Argument<int[]>("children")
        {
            Description = "Sizes, up to 1000000.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("sizes", "Look-ups with so many children held, and one table.") { sizes };
        return Measures(
            command,
            (options, parsed, cancellation) => SizesRun.RunAsync(parsed.GetRequiredValue(sizes), options, cancellation)
        );
    }

    private static Command Notices()
    {
        var receivers = Number("--receivers", "Authorities, each with an endpoint of its own.", 50, most: 500);
        var notices = Number("--notices", "Notices to deliver, over all.", 20_000, most: 500_000);
        var command = new Command("notices", "How fast a backlog of notices is delivered, next to its floors.")
        {
            receivers,
            notices,
        };
        return Measures(
            command,
            (options, parsed, cancellation) =>
                NoticesRun.RunAsync(parsed.GetValue(receivers), parsed.GetValue(notices), options, cancellation)
        );
    }

    private static Command Nights()
    {
        var authorities = Number("--authorities", "Authorities, each with a daily file.", 153, most: 500);
        var records = Number("--records", "Records of the night, over all.", 220_000, most: 800_000);
        var lookUps = Number("--look-ups", "Look-ups a second meanwhile.", 20, most: 1_000);
        var command = new Command("nights", "How fast the daily files of a night are done, and how long look-ups wait.")
        {
            authorities,
            records,
            lookUps,
        };
        return Measures(
            command,
            (options, parsed, cancellation) =>
                NightsRun.RunAsync(
                    parsed.GetValue(authorities),
                    parsed.GetValue(records),
                    parsed.GetValue(lookUps),
                    options,
                    cancellation
                )
        );
    }

    private static Command Measures(
        Command command,
        Func<MeasureOptions, ParseResult, CancellationToken, Task<int>> measure
    )
    {
        foreach (var option in new Option[] { Server, Output, Stores, Seconds, Connections, HitRatio })
            command.Add(option);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var options = new MeasureOptions(
                    Path.GetFullPath(parsed.GetRequiredValue(Server)),
                    Path.GetFullPath(parsed.GetRequiredValue(Output)),
                    parsed.GetRequiredValue(Stores),
                    TimeSpan.FromSeconds(parsed.GetValue(Seconds)),
                    parsed.GetValue(Connections),
                    parsed.GetValue(HitRatio)
                );
                if (options.Stores.Contains("mongodb"))
                {
                    if (Engine.ConnectionString is not { } engine)
                    {
                        await Console.Error.WriteLineAsync(Engine.HowToGetOne);
                        return 2;
                    }

                    await Console.Error.WriteLineAsync(await Engine.DescribeAsync(engine, cancellation));
                }

                var load = new MachineLoad();
                var code = await measure(options, parsed, cancellation);
                Console.WriteLine($"\n{load.Tell()}");
                return code;
            }
        );
        return command;
    }

    private static Option<int> Number(string name, string description, int value, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var given && (given < 1 || given > most))
                result.AddError($"{name} is 1 to {most}.");
        });
        return option;
    }
}
