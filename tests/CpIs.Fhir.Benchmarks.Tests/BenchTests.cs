using System.Text.RegularExpressions;
using CpIs.Fhir.Benchmarks.Bench;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Driver;

namespace CpIs.Fhir.Benchmarks.Tests;

public sealed class BenchTests : IDisposable
{
    private readonly Workshop _workshop = new();

    [Fact]
    public void The_histogram_tells_percentiles_within_two_per_cent()
    {
        var histogram = new LatencyHistogram();
        for (var micros = 1; micros <= 100_000; micros++)
            histogram.Add(TimeSpan.FromMicroseconds(micros));
        histogram.Percentile(0.5).Should().BeInRange(50_000, 51_000);
        histogram.Percentile(0.99).Should().BeInRange(99_000, 100_000);
        histogram.Percentile(1).Should().Be(100_000);
        histogram.Max.Should().Be(100_000);
        new LatencyHistogram().Percentile(0.99).Should().Be(0);
    }

    [Fact]
    public async Task Look_ups_are_measured_against_both_floors_and_a_hit_without_a_plan_is_an_error()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("GET /bench/constant", new Reply(200, new string('x', 500)));
        exchange.On(
            "POST /FHIR/R4/Patient/$child-protection",
            asked => new Reply(200, asked.Body.Contains("9990000018") ? "{\"mode\":\"match\"}" : "{}")
        );
        var ended = await Bench(exchange, "9990000018\n9990000026\n");
        ended.Code.Should().Be(0);
        ended.Objects.Select(o => o["phase"]!.GetValue<string>()).Should().Equal("constant", "store", "lookup");
        var lookup = ended.Objects[2];
        lookup["done"]!.GetValue<long>().Should().BePositive();
        lookup["p99Ms"]!.GetValue<double>().Should().BePositive();
        lookup["ratios"]!.AsObject().Select(r => r.Key).Should().Equal("constant", "store");
        lookup["errors"]!.AsObject().Select(e => e.Key).Should().Equal("hit without a plan");
        exchange
            .Requests.Where(r => r.Route.Contains("child-protection"))
            .Select(r => r.Headers["X-Request-ID"])
            .Should()
            .OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Errors_are_told_by_status_and_a_phase_that_did_nothing_well_is_exit_2()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("POST /FHIR/R4/Patient/$child-protection", Reply.Outcome(429, "too many."));
        var ended = await Bench(exchange, "9990000018");
        ended.Code.Should().Be(2);
        ended.Objects[0]["errors"]!.AsObject().Select(e => e.Key).Should().Equal("HTTP 404");
        ended.Objects[2]["errors"]!.AsObject().Select(e => e.Key).Should().Equal("HTTP 429");
    }

    [Fact]
    public async Task On_MongoDB_the_floor_is_the_driver_alone_in_a_database_that_is_dropped()
    {
        var engine = await MongoEngine.GetAsync();
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("GET /bench/constant", new Reply(200, new string('x', 500)));
        exchange.On("POST /FHIR/R4/Patient/$child-protection", new Reply(200, "{\"mode\":\"match\"}"));
        var secret = _workshop.Write("mongodb", engine.ConnectionString + "\n");
        var ended = await Bench(exchange, "9990000018", "--mongo-floor", "@" + secret);

        ended.Code.Should().Be(0, ended.Error);
        ended.Objects.Select(o => o["phase"]!.GetValue<string>()).Should().Equal("constant", "driver", "lookup");
        var driver = ended.Objects[1];
        driver["done"]!.GetValue<long>().Should().BePositive();
        driver["errors"]!.AsObject().Should().BeEmpty("whoever is known is held");
        driver["ratios"]!.AsObject().Should().BeEmpty("it is a floor itself");
        ended.Objects[2]["ratios"]!.AsObject().Select(r => r.Key).Should().Equal("constant", "driver");
        var floor = Regex.Match(ended.Error, "in database (cpis_bench_[0-9a-f]{32})");
        floor.Success.Should().BeTrue();
        (await DatabasesAsync(engine)).Should().NotContain(floor.Groups[1].Value);
    }

    [Fact]
    public async Task A_floor_that_cannot_be_reached_is_exit_2_and_its_connection_string_is_not_shown()
    {
        await using var exchange = await StubExchange.StartAsync();
        const string Nowhere =
            "mongodb://user:pass-7f3a@127.0.0.1:1/?replicaSet=rs0&serverSelectionTimeoutMS=200&directConnection=true";
        var ended = await Bench(exchange, "9990000018", "--mongo-floor", Nowhere);
        ended.Code.Should().Be(2);
        ended.Error.Should().Contain("cannot be measured").And.NotContain("pass-7f3a");
    }

    [Theory]
    [InlineData("bench", "--hit-ratio", "0", "--duration", "5h")]
    [InlineData("bench", "--hit-ratio", "0", "--connections", "0")]
    [InlineData("bench", "--hit-ratio", "0", "--uploads")]
    public async Task What_cannot_run_is_exit_2_and_names_how_to_get_help(params string[] args)
    {
        var ended = await RunAsync([.. args, "--client", _workshop.Client]);
        ended.Code.Should().Be(2);
        ended.Out.Should().BeEmpty();
        ended.Error.Should().StartWith("CpIs.Fhir.Benchmarks: ").And.Contain("Try: CpIs.Fhir.Benchmarks bench --help");
    }

    [Fact]
    public async Task Its_help_shows_what_to_type()
    {
        var ended = await RunAsync("bench", "--help");
        ended.Code.Should().Be(0);
        ended
            .Out.Should()
            .Contain("--project tests/CpIs.Fhir.Benchmarks -- bench --client")
            .And.Contain("--mongo-floor");
    }

    public void Dispose() => _workshop.Dispose();

    private static async Task<List<string>> DatabasesAsync(MongoEngine engine)
    {
        using var client = new MongoClient(engine.ConnectionString);
        using var names = await client.ListDatabaseNamesAsync(TestContext.Current.CancellationToken);
        return await names.ToListAsync(TestContext.Current.CancellationToken);
    }

    private Task<Ended> Bench(StubExchange exchange, string numbers, params string[] more) =>
        RunAsync([
            "bench",
            "--server",
            exchange.Root,
            "--client",
            _workshop.Client,
            "--numbers",
            _workshop.Write("n.txt", numbers),
            "--hit-ratio",
            "0.5",
            "--connections",
            "4",
            "--duration",
            "0.3s",
            "--warm-up",
            "0s",
            "--floor-dir",
            _workshop.Folder,
            "--json",
            .. more,
        ]);

    private static async Task<Ended> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await BenchTool.RunAsync(
            args,
            new Surroundings
            {
                Out = output,
                Error = error,
                In = () => Stream.Null,
            },
            TestContext.Current.CancellationToken
        );
        return new Ended(code, output.ToString(), error.ToString());
    }
}
