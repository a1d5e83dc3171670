using CpIs.Fhir.Cli.Tests.Stub;

namespace CpIs.Fhir.Cli.Tests;

public sealed class UploadTests : IDisposable
{
    private const string Base = "POST /FHIR/R4";
    private static readonly Reply Accepted = new(
        200,
        """
        {"resourceType":"Bundle","type":"transaction-response","entry":[
        {"response":{"status":"201 Created"}},{"response":{"status":"200 OK"}},
        {"response":{"status":"200 OK","outcome":{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational","diagnostics":"Unchanged: already held so."}]}}},
        {"response":{"status":"200 OK","outcome":{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational","details":{"coding":[{"system":"https://fhir.cpis.example/CodeSystem/rule","code":"cpis-upload-superseded"}]},"diagnostics":"Superseded: plan P-1 is held as sent. Nothing was changed."}]}}}]}
        """
    );
    private static readonly Reply Refused = Reply.Outcome(
        422,
        "An active plan ends in the past.",
        "Bundle.entry[1].resource.period",
        "cpis-episode-period"
    );

    private readonly Workshop _workshop = new();

    [Fact]
    public async Task Counts_what_was_created_updated_and_left_as_it_was()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Base, Accepted);
        var ended = await Upload(exchange, _workshop.Write("a.json", "{}"), "--json");
        ended.Code.Should().Be(0);
        ended.Objects[0]["outcome"]!.GetValue<string>().Should().Be("accepted");
        ended.Objects[^1]["summary"]!
            .ToJsonString()
            .Should()
            .Be(
                """{"accepted":1,"skipped":0,"refused":0,"failed":0,"notSent":0,"created":1,"updated":1,"unchanged":1,"superseded":1}"""
            );
        ended.Objects[0]["problems"]!.AsArray().Single()!["text"]!.GetValue<string>().Should().Contain("plan P-1");
        var asked = exchange.To(Base).Single();
        asked.Headers["Content-Type"].Should().Be("application/fhir+json");
        asked.Headers["Authorization"].Should().Be("Bearer stub-token");
        Guid.Parse(asked.Headers["X-Request-ID"]).Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_refused_Bundle_is_exit_1_with_place_and_rule()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Base, Refused);
        var ended = await Upload(exchange, _workshop.Write("a.json", "{}"));
        ended.Code.Should().Be(1);
        ended
            .Error.Should()
            .Contain("a.json: Bundle.entry[1].resource.period: An active plan ends in the past. [cpis-episode-period]");
        ended.Out.Should().MatchRegex(@"refused, nothing stored\s+1");
    }

    [Fact]
    public async Task A_folder_is_sent_file_by_file_in_order_and_one_refusal_does_not_stop_the_others()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Base, asked => asked.Body == "2" ? Refused : Accepted);
        Directory.CreateDirectory(_workshop["extract"]);
        foreach (var i in new[] { 3, 1, 2 })
            _workshop.Write($"extract/{i}.json", $"{i}");
        var ended = await Upload(exchange, _workshop["extract"], "--json");
        ended.Code.Should().Be(1);
        exchange.To(Base).Select(a => a.Body).Should().Equal("1", "2", "3");
        ended
            .Objects.Take(3)
            .Select(o => o["outcome"]!.GetValue<string>())
            .Should()
            .Equal("accepted", "refused", "accepted");
    }

    [Fact]
    public async Task A_busy_exchange_or_a_lost_answer_is_asked_again_under_the_same_request_id()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(
            Base,
            new Reply(503, "", ("Retry-After", "0")),
            new Reply(Reply.Cut, ""),
            new Reply(409, "", ("Retry-After", "0")),
            Accepted
        );
        var ended = await Upload(exchange, _workshop.Write("a.json", "{}"));
        ended.Code.Should().Be(0);
        exchange.To(Base).Should().HaveCount(4);
        exchange.To(Base).Select(a => a.Headers["X-Request-ID"]).Distinct().Should().HaveCount(1);
    }

    [Fact]
    public async Task With_a_ledger_an_interrupted_run_goes_on_and_sends_nothing_twice()
    {
        await using var exchange = await StubExchange.StartAsync();
        var down = true;
        exchange.On(Base, asked => asked.Body == "2" && down ? Reply.Outcome(500, "broken.") : Accepted);
        var files = new[] { _workshop.Write("1.json", "1"), _workshop.Write("2.json", "2") };
        var ledger = _workshop["ledger"];
        (await Upload(exchange, [.. files, "--ledger", ledger])).Code.Should().Be(2);
        down = false;
        var second = await Upload(exchange, [.. files, "--ledger", ledger, "--json"]);
        second.Code.Should().Be(0);
        second.Objects.Take(2).Select(o => o["outcome"]!.GetValue<string>()).Should().Equal("skipped", "accepted");
        exchange.To(Base).Select(a => a.Body).Should().Equal("1", "2", "2");
        exchange
            .To(Base)
            .Where(a => a.Body == "2")
            .Select(a => a.Headers["X-Request-ID"])
            .Distinct()
            .Should()
            .HaveCount(1, "the run remembers its ids, so that a re-send is the same write");
    }

    [Fact]
    public async Task A_ledger_of_another_client_is_not_taken()
    {
        await using var exchange = await StubExchange.StartAsync();
        var ledger = _workshop.Write(
            "ledger",
            """{"run":"5b0f7a3e-7d83-4b0a-9d2a-0d6c3a1f9a10","server":"https://other","client":"x"}""" + "\n"
        );
        var ended = await Upload(exchange, _workshop.Write("a.json", "{}"), "--ledger", ledger);
        ended.Code.Should().Be(2);
        ended.Error.Should().Contain("is the ledger of client 'x' at https://other");
    }

    [Fact]
    public async Task A_client_that_may_not_upload_is_not_tried_for_every_file()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Base, Reply.Outcome(403, "A setting uploads nothing."));
        var ended = await Upload(exchange, _workshop.Write("1.json", "1"), _workshop.Write("2.json", "2"));
        ended.Code.Should().Be(1);
        exchange.To(Base).Should().HaveCount(1);
    }

    [Fact]
    public async Task A_file_that_names_another_authority_stops_no_other_file()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(
            Base,
            Reply.Outcome(
                403,
                "This names another authority.",
                "Bundle.entry[0].resource.managingOrganization.identifier.value",
                "cpis-authority"
            ),
            Accepted
        );
        var ended = await Upload(exchange, _workshop.Write("1.json", "1"), _workshop.Write("2.json", "2"));
        ended.Code.Should().Be(1, "one file was refused");
        exchange.To(Base).Select(sent => sent.Body).Should().Equal("1", "2");
        ended.Error.Should().NotContain("ended early");
    }

    [Fact]
    public async Task A_Bundle_may_come_from_standard_input()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Base, Accepted);
        var ended = await Invocation.RunAsync(
            ["upload", "-", "--server", exchange.Root, "--client", _workshop.Client],
            "{\"piped\":true}"
        );
        ended.Code.Should().Be(0);
        exchange.To(Base).Single().Body.Should().Be("{\"piped\":true}");
    }

    [Fact]
    public async Task An_expired_token_is_replaced_once()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Base, Reply.Outcome(401, "expired."), Accepted);
        (await Upload(exchange, _workshop.Write("a.json", "{}"))).Code.Should().Be(0);
        exchange.To("POST /oauth2/token").Should().HaveCount(2);
    }

    public void Dispose() => _workshop.Dispose();

    private Task<Ended> Upload(StubExchange exchange, params string[] args) =>
        Invocation.RunAsync(["upload", .. args, "--server", exchange.Root, "--client", _workshop.Client]);
}
