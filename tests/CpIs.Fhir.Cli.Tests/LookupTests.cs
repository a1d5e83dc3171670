using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core.LookUps;

namespace CpIs.Fhir.Cli.Tests;

public sealed class LookupTests : IDisposable
{
    private const string Route = "POST /FHIR/R4/Patient/$child-protection";

    private static string Outcome(params string[] texts) =>
        $$$"""{"resource":{"resourceType":"OperationOutcome","issue":[{{{string.Join(',', texts.Select(IssueOf))}}}]},"search":{"mode":"outcome"}}""";

    private static string IssueOf(string text) =>
        $$"""{"severity":"information","code":"informational","diagnostics":"{{text}}"}""";

    private static readonly string Hit = $$$"""
        {"resourceType":"Bundle","type":"searchset","total":1,"entry":[
        {"resource":{"resourceType":"Flag","id":"f","code":{"coding":[{"system":"http://snomed.info/sct","code":"342191000000101"}]},
          "subject":{"reference":"Patient/p"},"author":{"reference":"Organization/o","identifier":{"value":"XHF01"}},"period":{"start":"2026-10-05"}},"search":{"mode":"match"}},
        {"resource":{"resourceType":"Patient","id":"p","name":[{"family":"Fern\u001b[31mwood","given":["Robin"]}],"birthDate":"2019-04-23"},"search":{"mode":"include"}},
        {"resource":{"resourceType":"Organization","id":"o","name":"Fernshire","identifier":[{"value":"XHF01"}],"telecom":[
          {"value":"01632 960000","use":"work"},
          {"value":"01632 960001","use":"mobile","extension":[{"url":"https://fhir.cpis.example/StructureDefinition/emergency-duty","valueBoolean":true}]}]},"search":{"mode":"include"}},
        {"resource":{"resourceType":"AuditEvent","recorded":"2026-11-20T22:14:07.512Z","agent":[
          {"requestor":true,"name":"Dr Test","role":[{"coding":[{"display":"Consultant"}]}]},
          {"requestor":false,"type":{"coding":[{"code":"PROV"}]},"who":{"display":"St Elsewhere ED"}}]},"search":{"mode":"include"}},
        {{{Outcome(
            "PLAN HELD for Robin FERN\\u001b[31mWOOD, born 23 April 2019.",
            "We have not told the authority."
        )}}}]}
        """;
    private static readonly string Miss =
        $$"""{"resourceType":"Bundle","type":"searchset","total":0,"entry":[{{Outcome(AnswerTexts.None)}}]}""";

    private readonly Workshop _workshop = new();

    [Fact]
    public async Task Information_held_shows_plan_authority_phones_and_history()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Route, new Reply(200, Hit));
        var ended = await Lookup(exchange, "999 000 0018");
        ended.Code.Should().Be(0);
        ended
            .Out.Should()
            .StartWith("Do not show to patient or family.")
            .And.Contain("PLAN HELD for Robin FERN")
            .And.Contain("2026-11-20 22:14 GMT")
            .And.Contain("We have not told the authority.")
            .And.Contain("Subject to child protection plan")
            .And.Contain("Fernshire (XHF01)")
            .And.Contain("01632 960000")
            .And.Contain("01632 960001")
            .And.Contain("Dr Test")
            .And.Contain("St Elsewhere ED");
        ended.Out.Should().NotContain("\e", "a name must not speak to the terminal");
        exchange.To(Route).Single().Body.Should().Contain("\"valueString\":\"9990000018\"");
        exchange.To(Route).Single().Headers.Should().NotContainKey("IsUnscheduledAccessEvent");
    }

    [Fact]
    public async Task None_held_here_says_that_this_does_not_mean_no_concern()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Route, new Reply(200, Miss));
        var ended = await Lookup(exchange, "9990000018", "--scheduled");
        ended.Code.Should().Be(0);
        ended.Out.Should().StartWith("No plan found under this number.");
        exchange.To(Route).Single().Headers["IsUnscheduledAccessEvent"].Should().Be("false");
    }

    [Fact]
    public async Task Json_is_one_object()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Route, new Reply(200, Hit), new Reply(200, Miss), Reply.Outcome(503, "could not check"));
        var hit = await Lookup(exchange, "9990000018", "--json");
        hit.Objects.Single()["state"]!.GetValue<string>().Should().Be("information-held");
        hit.Objects.Single()["plans"]![0]!["emergencyPhone"]!.GetValue<string>().Should().Be("01632 960001");
        (await Lookup(exchange, "9990000018", "--json")).Objects.Single()["state"]!
            .GetValue<string>()
            .Should()
            .Be("none-held-here");
        (await Lookup(exchange, "9990000018", "--json")).Objects.Single()["state"]!
            .GetValue<string>()
            .Should()
            .Be("could-not-check");
    }

    [Theory]
    [InlineData(503, "", 2)]
    [InlineData(500, "", 2)]
    [InlineData(403, "", 1)]
    [InlineData(Reply.Cut, "", 2)]
    [InlineData(200, "", 2)]
    [InlineData(200, "{}", 2)]
    [InlineData(200, """{"resourceType":"Bundle","type":"searchset","total":0}""", 2)]
    [InlineData(
        200,
        """{"resourceType":"Bundle","type":"searchset","total":1,"entry":[{"search":{"mode":"outcome"}}]}""",
        2
    )]
    [InlineData(
        200,
        """{"resourceType":"Bundle","type":"searchset","total":0,"link":[{"relation":"next"}],"entry":[{"search":{"mode":"outcome"}}]}""",
        2
    )]
    public async Task Whatever_is_unclear_is_could_not_check_and_never_none_held(int status, string body, int code)
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Route, new Reply(status, body, ("Retry-After", "0")));
        var ended = await Lookup(exchange, "9990000018");
        ended.Code.Should().Be(code);
        ended.Out.Should().StartWith("WE COULD NOT CHECK").And.NotContain("No plan found");
        exchange.To(Route).Should().HaveCount(1, "each look-up is an access of its own and is never repeated unasked");
    }

    [Theory]
    [InlineData("9990000019")]
    [InlineData("abc")]
    [InlineData("-")]
    public async Task A_wrong_number_is_not_sent_and_not_repeated(string number)
    {
        await using var exchange = await StubExchange.StartAsync();
        var ended = await Lookup(exchange, number);
        ended.Code.Should().Be(2);
        ended.Error.Should().NotContain("9990000019");
        exchange.Requests.Should().BeEmpty();
    }

    public void Dispose() => _workshop.Dispose();

    private Task<Ended> Lookup(StubExchange exchange, params string[] args) =>
        Invocation.RunAsync(["lookup", .. args, "--server", exchange.Root, "--client", _workshop.Client]);
}
