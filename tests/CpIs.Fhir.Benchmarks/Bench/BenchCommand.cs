using System.CommandLine;
using System.Globalization;
using CpIs.Fhir.Cli.Commands;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Stores;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary><c>bench</c>: a running server against the floors of this machine.</summary>
internal static class BenchCommand
{
    // Tokens live five minutes, and a phase keeps one.
    private static readonly TimeSpan LongestPhase = TimeSpan.FromMinutes(4);

    private const string Typed = "dotnet run -c Release --project tests/CpIs.Fhir.Benchmarks -- bench ";

    public static Command Create(Tool tool)
    {
        var connections = Number("--connections", "Look-ups at a time.", 64);
        var lookups = new Option<long?>("--lookups")
        {
            Description = "End the look-up phase after so many.",
            HelpName = "N",
        };
        var duration = Time("--duration", "Counted time of each phase, such as 10s.", 10);
        var warmUp = Time("--warm-up", "Uncounted time before it.", 2);
        var ratio = new Option<double>("--hit-ratio")
        {
            Description = "Share of look-ups that show a plan, 0 to 1.",
            DefaultValueFactory = _ => 0.03,
            HelpName = "R",
        };
        var numbers = new Option<string?>("--numbers")
        {
            Description = "Known children: a file of NHS numbers, one a line (cpis population writes it).",
            HelpName = "FILE",
        };
        var authority = new Option<string?>("--authority")
        {
            Description = "Known children: those that cpis population made for this authority ...",
            HelpName = "ODS",
        };
        var seed = Number("--seed", "... with this seed ...", 1);
        var children = Number("--children", "... and this number.", 1_000);
        var authorityClient = new Option<string?>("--authority-client")
        {
            Description =
                "An authority's client file: for --reads, --uploads and --notices, and to send known children where none are named.",
            HelpName = "FILE",
        };
        var reads = new Option<bool>("--reads") { Description = "Measure an authority's reads and searches." };
        var uploads = new Option<bool>("--uploads") { Description = "Measure uploads, and look-ups during one." };
        var uploadConcurrency = Number("--upload-concurrency", "Bundles at a time.", 4);
        var uploadChildren = Number("--upload-children", "New children to send in each upload phase, at most.", 10_000);
        var notices = new Option<bool>("--notices") { Description = "Measure the time from a look-up to its notice." };
        var floor = new Option<string>("--floor-dir")
        {
            Description = "Where to measure the bare store: on the disk that holds the server's data.",
            DefaultValueFactory = _ => ".",
            HelpName = "DIR",
        };
        var mongo = new Option<string?>("--mongo-floor")
        {
            Description =
                "The server stands on this MongoDB: measure the driver alone instead of the bare store. The connection string or @FILE. [CPIS_MONGODB]",
            HelpName = "STRING",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new ToolCommand(
            "bench",
            "Measure a running server, started with --bench, against the floors of this machine.",
            Typed + "--client examples/clients/hareford-ed-doctor.json --numbers extract/population.numbers.txt",
            Typed
                + "--client hareford-ed-doctor.json --authority-client authority-xhf01.json --uploads --notices --json",
            Typed + "--client hareford-ed-doctor.json --numbers numbers.txt --mongo-floor @/run/secrets/mongodb"
        )
        {
            Details = """
                Phases: constant (the server answers constant bytes) and store (bare durable writes) are the floors, on
                MongoDB driver instead of store (reads and write of a look-up without a server, in a database of its own);
                lookup; with --reads: read, read (xml) and search, each beside as many constant bytes; with --notices: notice; with --uploads: upload, and lookup during upload.
                Each worker asks, waits for the answer and asks again. A known child that comes without a plan is an error.
                It writes: use it on synthetic data only.
                """,
        };
        foreach (
            var option in new Option[]
            {
                connections,
                lookups,
                duration,
                warmUp,
                ratio,
                numbers,
                authority,
                seed,
                children,
                authorityClient,
                reads,
                uploads,
                uploadConcurrency,
                uploadChildren,
                notices,
                floor,
                mongo,
            }
        )
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (
                (result.GetValue(reads) || result.GetValue(uploads) || result.GetValue(notices))
                && string.IsNullOrEmpty(result.GetValue(authorityClient))
            )
                result.AddError("--reads, --uploads and --notices need --authority-client.");
            if (
                result.GetValue(ratio) > 0
                && result.GetValue(numbers) is null
                && result.GetValue(authority) is null
                && result.GetValue(authorityClient) is null
            )
                result.AddError(
                    "Hits need known children: name --numbers, --authority or --authority-client, or say --hit-ratio 0."
                );
        });
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var options = new BenchOptions
                {
                    Connections = run.Get(connections),
                    Duration = run.Get(duration),
                    WarmUp = run.Get(warmUp),
                    LookUps = run.Get(lookups),
                    HitRatio = run.Get(ratio),
                    UploadConcurrency = run.Get(uploadConcurrency),
                    UploadChildren = run.Get(uploadChildren),
                    Reads = run.Get(reads),
                    Uploads = run.Get(uploads),
                    Notices = run.Get(notices),
                    FloorDirectory = run.Get(floor)!,
                    MongoFloor = run.IsGiven(mongo)
                        ? MongoConnection.Read(run.Surroundings, run.Get(mongo), mongo.Name)
                        : null,
                };
                var hits =
                    run.Get(numbers) is { } file ? ReadNumbers(file)
                    : run.Get(authority) is { } ods ? Known(run, ods, run.Get(children), run.Get(seed))
                    : null;
                using var setting = run.Connect();
                var client = run.Get(authorityClient) is { } path ? Run.ReadClient(path) : null;
                using var sender = client is null
                    ? null
                    : new ExchangeClient(run.Server, client, null, null, run.Surroundings.Time, run.Report.Note);
                var report = new BenchReport(run.Report);
                await new BenchRun(run, options, setting, sender is null ? null : (sender, client!)).RunAsync(
                    hits,
                    report.Add,
                    cancellation
                );
                return report.Finish();
            }
        );
    }

    private static List<NhsNumber> ReadNumbers(string path)
    {
        var numbers = new List<NhsNumber>();
        foreach (var line in File.ReadLines(path))
            if (NhsNumber.TryParse(line.Trim(), out var number))
                numbers.Add(number);
            else if (line.Trim().Length > 0)
                throw new CannotRunException($"{path} holds a line that is no NHS number.");
        return numbers.Count > 0 ? numbers : throw new CannotRunException($"{path} holds no NHS number.");
    }

    private static List<NhsNumber> Known(Run run, string authority, int children, int seed) =>
        OdsCode.TryParse(authority, out var ods)
            ?
            [
                .. PopulationCommand.Visible(
                    SyntheticPopulation.OfCounty(
                        ods,
                        children,
                        LondonCalendar.DayOf(run.Surroundings.Time.GetUtcNow()),
                        seed
                    )
                ),
            ]
            : throw new CannotRunException($"'{authority}' is no ODS code.");

    private static Option<int> Number(string name, string description, int value)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            DefaultValueFactory = _ => value,
            HelpName = "N",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1)
                result.AddError($"{name} is 1 or more.");
        });
        return option;
    }

    private static Option<TimeSpan> Time(string name, string description, int seconds) =>
        new(name)
        {
            Description = description,
            DefaultValueFactory = _ => TimeSpan.FromSeconds(seconds),
            HelpName = "TIME",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                var minutes = text.EndsWith('m');
                if (
                    double.TryParse(
                        text.TrimEnd('s', 'm'),
                        NumberStyles.AllowDecimalPoint,
                        CultureInfo.InvariantCulture,
                        out var number
                    )
                    && TimeSpan.FromSeconds(Math.Min(number * (minutes ? 60 : 1), 1e6)) is var time
                    && time <= LongestPhase
                )
                    return time;
                result.AddError($"{name} is a time such as 10s, at most 4m.");
                return default;
            },
        };
}
