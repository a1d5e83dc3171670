using CpIs.Fhir.Cli.Tests.Profiles;
using CpIs.Fhir.Cli.Tests.Records;
using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Synthetic;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Cli.Tests;

/// <summary><c>cpis upload</c> of daily files, against the whole server.</summary>
[Collection(RealExchange.Shared)]
public sealed class DailyUploadTests(RealExchange exchange) : IDisposable
{
    private const string Authority = "authority-xhf01";

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task An_authoritys_day_from_template_to_mended_file()
    {
        var template = await exchange.AsAsync(Authority, "upload", "--template");
        template.Code.Should().Be(0, template.Error);
        var (good, bad) = (Row(), Row(("start", "soon")));
        var lines = template.Out.TrimEnd().Split('\n');
        var file = _workshop.Write("today.csv", $"{lines[0]}\n{lines[1]}\n{good}\n{bad}\n");

        var trial = await exchange.AsAsync(Authority, "upload", file, "--dry-run");
        trial.Code.Should().Be(1, trial.Error);
        trial.Out.Should().Contain("nothing was stored").And.Contain("1 loaded").And.Contain("1 refused");

        var csv = _workshop["answer.csv"];
        var sent = await exchange.AsAsync(Authority, "upload", file, "--csv", csv);
        sent.Code.Should().Be(1, sent.Error);
        sent.Out.Should()
            .Contain("CPF03")
            .And.Contain("To mend")
            .And.MatchRegex("row 4 .*start .*The start is not a day");
        File.ReadAllText(csv).Should().Contain("row 4,CPR07").And.Contain("row 3,CPR06,loaded");

        File.WriteAllText(file, File.ReadAllText(file).Replace("soon", "01/05/2026", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(1));
        var mended = await exchange.AsAsync(Authority, "upload", file);
        mended.Code.Should().Be(0, mended.Error + mended.Out);
        mended.Out.Should().Contain("CPF02").And.Contain("1 loaded, 1 unchanged");
    }

    [Fact]
    public async Task The_same_file_again_has_its_number_and_another_has_a_greater_one()
    {
        var one = _workshop.Write("one.csv", $"{SyntheticCsv.Header}\n{Row()}\n");
        var two = _workshop.Write("two.csv", $"{SyntheticCsv.Header}\n{Row()}\n");
        var time = DateTime.UtcNow.AddMinutes(-3);
        File.SetLastWriteTimeUtc(one, time);
        File.SetLastWriteTimeUtc(two, time);

        var first = await exchange.AsAsync(Authority, "upload", one, "--json");
        var again = await exchange.AsAsync(Authority, "upload", one, "--json");
        var other = await exchange.AsAsync(Authority, "upload", two, "--json");

        long Number(Ended ended) => long.Parse(ended.Objects[^1]["summary"]!["sequence"]!.GetValue<string>());
        Number(first).Should().Be(long.Parse(time.ToString("yyyyMMddHHmm")));
        again.Out.Should().Be(first.Out);
        Number(other).Should().Be(Number(first) + 1);
    }

    [Fact]
    public async Task Each_form_is_known_by_its_content()
    {
        var record = File.ReadAllText(Path.Combine(Checkout.Root, "examples", "resources", "Bundle-daily-record.json"));
        var line = System.Text.Json.Nodes.JsonNode.Parse(record)!.ToJsonString();
        var bundle = Path.Combine(Checkout.Root, "examples", "resources", "Bundle-daily-file.json");

        var lines = await exchange.AsAsync(
            Authority,
            "upload",
            _workshop.Write("a.dat", $"{line}\n{line}\n"),
            "--dry-run"
        );
        var file = await exchange.AsAsync(Authority, "upload", bundle, "--dry-run");
        var transaction = await exchange.AsAsync(
            Authority,
            "upload",
            Path.Combine(Checkout.Root, "examples", "resources", "Bundle-upload.json")
        );
        var mixed = await exchange.AsAsync(
            Authority,
            "upload",
            Path.Combine(Checkout.Root, "examples", "resources", "Bundle-upload.json"),
            "--dry-run"
        );

        lines.Out.Should().Contain("2 records", lines.Error);
        file.Out.Should().Contain("dry run", file.Error);
        transaction.Out.Should().Contain("Bundles", transaction.Error);
        (mixed.Code, mixed.Error).Should().Be((2, mixed.Error));
        mixed.Error.Should().Contain("is a transaction, and --dry-run is about a daily file");
    }

    [Fact]
    public async Task A_file_that_is_none_is_refused_as_a_whole()
    {
        var file = _workshop.Write("a.csv", "NHS number,family name,given name,birth day\n1,2,3,4\n");
        var ended = await exchange.AsAsync(Authority, "upload", file);
        ended.Code.Should().Be(1);
        ended
            .Error.Should()
            .Contain("CPF01")
            .And.Contain("Did you mean birth date?")
            .And.Contain("column status is missing");
    }

    [Fact]
    public async Task A_watched_folder_is_emptied_file_by_file_and_each_answer_lies_beside_its_file()
    {
        var folder = Directory.CreateDirectory(_workshop["outbox"]).FullName;
        Put("outbox/night.csv", $"{SyntheticCsv.Header}\n{Row()}\n{Row(("status", "odd"))}\n");
        Put("outbox/broken.csv", "this is no daily file\n");
        Put("outbox/notes.docx", "x");
        using var watch = exchange.StartAs(Authority, "upload", "--watch", folder);

        await Eventually.TrueAsync(() => Directory.GetFiles(folder, "*.csv").Length == 0);
        await watch.Error.SeesAsync("notes.docx is not sent");
        watch.Interrupt();
        var ended = await watch.EndAsync();

        ended.Code.Should().Be(0);
        ended.Error.Should().Contain("Stopped.");
        var done = Directory.GetFiles(Path.Combine(folder, "done")).Select(Path.GetFileName).Order().ToList();
        done.Should().HaveCount(3);
        done[0].Should().MatchRegex(@"^\d{12}-night\.csv$");
        done.Skip(1).Should().Equal(done[0] + ".acknowledgement.csv", done[0] + ".acknowledgement.json");
        File.ReadAllText(Path.Combine(folder, "done", done[1]!)).Should().Contain("row 3,CPR07");
        Directory
            .GetFiles(Path.Combine(folder, "refused"), "*.why.txt")
            .Should()
            .ContainSingle()
            .Which.Should()
            .Match(file => File.ReadAllText(file).Contains("first row must be the header"));
        File.Exists(Path.Combine(folder, "notes.docx")).Should().BeTrue();
    }

    [Fact]
    public async Task A_watch_goes_on_after_an_outage_and_sends_nothing_twice()
    {
        await using var stub = await StubExchange.StartAsync();
        var isDown = true;
        const string acknowledged =
            """{"resourceType":"Parameters","parameter":[{"name":"verdict","valueCoding":{"code":"CPF02"}},{"name":"records","valueInteger":1},{"name":"refused","valueInteger":0}]}""";
        stub.On("POST /FHIR/R4/$upload", _ => isDown ? Reply.Outcome(500, "broken.") : new Reply(202, "{}"));
        var folder = Directory.CreateDirectory(_workshop["outbox"]).FullName;
        Put("outbox/night.csv", $"{SyntheticCsv.Header}\n{Row()}\n");
        string[] args = ["upload", "--watch", folder, "--server", stub.Root, "--client", _workshop.Client];

        using (var watch = Invocation.Start(args))
        {
            await watch.Error.SeesAsync("night.csv waits");
            File.Exists(Path.Combine(folder, "night.csv")).Should().BeTrue();
            isDown = false;
            // Accepted, and stopped before the answer: the next one goes on.
            await Eventually.TrueAsync(() =>
                stub.Requests.Any(asked => asked.Route.StartsWith("GET /FHIR/R4/$upload"))
            );
            watch.Interrupt();
            (await watch.EndAsync()).Code.Should().Be(0);
        }

        var number = stub.To("POST /FHIR/R4/$upload")
            .Select(asked => asked.Query)
            .Distinct()
            .Should()
            .ContainSingle()
            .Which;
        var sequence = number.Split("sequence=")[1].Split('&')[0];
        stub.On($"GET /FHIR/R4/$upload/XHF01-{sequence}", _ => new Reply(200, acknowledged));
        using (var watch = Invocation.Start(args))
        {
            await Eventually.TrueAsync(() => !File.Exists(Path.Combine(folder, "night.csv")));
            watch.Interrupt();
            await watch.EndAsync();
        }

        // The same file, put back by mistake.
        var sent = stub.To("POST /FHIR/R4/$upload").Count();
        File.Move(Path.Combine(folder, "done", $"{sequence}-night.csv"), Path.Combine(folder, "night.csv"));
        using (var watch = Invocation.Start(args))
        {
            await Eventually.TrueAsync(() => !File.Exists(Path.Combine(folder, "night.csv")));
            await watch.Error.SeesAsync("was acknowledged before, and is not sent again");
            watch.Interrupt();
            await watch.EndAsync();
        }

        stub.To("POST /FHIR/R4/$upload").Should().HaveCount(sent);
        stub.To("POST /FHIR/R4/$upload").Select(asked => asked.Query).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task The_day_in_the_documentation_goes_as_it_says()
    {
        var text = await File.ReadAllTextAsync(
            Path.Combine(Checkout.Root, "docs", "for", "authorities.md"),
            TestContext.Current.CancellationToken
        );
        text.Should().Contain(CsvColumns.Documentation, "the table of the columns is the one in the code");
        var example = await File.ReadAllTextAsync(
            Path.Combine(Checkout.Root, "examples", "daily-file.csv"),
            TestContext.Current.CancellationToken
        );
        var file = _workshop.Write("today.csv", example);

        var trial = await exchange.AsAsync(Authority, "upload", file, "--dry-run");
        var sent = await exchange.AsAsync(Authority, "upload", file);
        foreach (var (wrong, right) in Mended(text))
            example = example.Replace(wrong, right, StringComparison.Ordinal);
        File.SetLastWriteTimeUtc(_workshop.Write("today.csv", example), DateTime.UtcNow.AddSeconds(1));
        var mended = await exchange.AsAsync(Authority, "upload", file);

        (trial.Code, sent.Code, mended.Code).Should().Be((1, 1, 0), mended.Out + mended.Error);
        sent.Out.Should().Contain("3 records: 2 loaded").And.Contain("1 refused").And.Contain("row 4");
        mended.Out.Should().Contain("1 loaded, 2 unchanged");
        var plans = await exchange.AsAsync(Authority, "plans", "--nhs-number", example.Split('\n')[3].Split(',')[0]);
        plans.Out.Should().Contain("DAY-0003");
    }

    /// <summary>What the line with sed in the documentation mends.</summary>
    private static IEnumerable<(string Wrong, string Right)> Mended(string documentation) =>
        documentation
            .Split('\n')
            .Single(line => line.StartsWith("sed -i", StringComparison.Ordinal))
            .Split('\'')[1]
            .Split("; ")
            .Select(each => each.Split('|'))
            .Select(parts => (parts[1], parts[2]));

    /// <summary>A file that nobody has written to for a minute.</summary>
    private void Put(string name, string text) =>
        File.SetLastWriteTimeUtc(_workshop.Write(name, text), DateTime.UtcNow.AddMinutes(-1));

    private string Row(params (string Column, string Value)[] changes)
    {
        var row = SyntheticCsv.Rows(exchange.NewChild(Core.Plans.PlanTypes.ChildProtectionPlan)).Single();
        foreach (var (name, value) in changes)
            row[CsvColumns.All.Single(column => column.Name == name)] = value;
        return SyntheticCsv.Line(row);
    }
}
