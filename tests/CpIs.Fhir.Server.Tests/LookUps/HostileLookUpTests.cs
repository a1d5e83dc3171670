using System.Net.Sockets;
using System.Text;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>Look-ups as no client should send them: each is refused, and recorded before that is said (promise 1).</summary>
public sealed class HostileLookUpTests(WholeExchangeFixture fixture) : IClassFixture<WholeExchangeFixture>
{
    private const string Setting = "demo-hareford-ed";
    private readonly WholeExchange _exchange = fixture.Exchange;
    private readonly Guid _requestId = Guid.NewGuid();

    [Theory]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":null,"valueString":"x"}]}""")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueString":null}]}""")]
    [InlineData(
        """{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueString":"9990000018","valueCode":"9990000026"}]}"""
    )]
    [InlineData("""{"resourceType":"Parameters","parameter":{"name":"nhsNumber"}}""")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"\ud800","valueString":"x"}]}""")]
    [InlineData("[]")]
    public async Task Parameters_that_are_none_are_a_recorded_400(string body)
    {
        var token = await _exchange.TokenAsync(Setting);

        var (status, answer) = await _exchange.SendAsync(
            HttpMethod.Post,
            "Patient/$child-protection",
            token,
            body,
            _requestId
        );

        status.Should().Be(400, answer);
        (await _exchange.AccessAsync(_requestId)).Outcome.Should().Be(AccessOutcome.Refused);
    }

    [Fact]
    public async Task A_body_that_breaks_HTTP_is_a_recorded_400()
    {
        var token = await _exchange.TokenAsync(Setting);
        var url = new Uri(_exchange.Urls.FhirBase);
        using var socket = new TcpClient();
        await socket.ConnectAsync(url.Host, url.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {url.AbsolutePath}/Flag/_search HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {token}\r\nX-Request-ID: {_requestId}\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk\r\n\r\n"
            ),
            TestContext.Current.CancellationToken
        );
        using var reader = new StreamReader(stream);

        (await reader.ReadLineAsync(TestContext.Current.CancellationToken)).Should().StartWith("HTTP/1.1 400");
        (await _exchange.AccessAsync(_requestId)).Outcome.Should().Be(AccessOutcome.Refused);
    }

    [Theory]
    [InlineData("AuditEvent?date=9999-12-31")]
    [InlineData("AuditEvent?date=lt0001-01-01")]
    [InlineData("AuditEvent?date=lt0001-01-01T00:00:00Z")]
    [InlineData("AuditEvent?date=gt9999-12-31T23:59:59.9999999Z")]
    [InlineData("AuditEvent?date=x")]
    [InlineData("Patient?birthdate=x")]
    [InlineData("Flag?_lastUpdated=g")]
    public async Task A_date_at_the_end_of_time_or_too_short_to_be_one_is_a_400(string search)
    {
        var token = await _exchange.TokenAsync("demo-authority-xhf01");

        var (status, answer) = await _exchange.SendAsync(HttpMethod.Get, search, token);

        status.Should().Be(400, answer);
    }

    [Fact]
    public async Task A_huge_count_of_AuditEvents_is_capped_and_a_media_type_is_taken_everywhere()
    {
        var token = await _exchange.TokenAsync("demo-authority-xhf01");

        foreach (
            var search in new[] { "AuditEvent?_count=99999999999", "Flag?_format=json", "AuditEvent?_format=json" }
        )
            (await _exchange.SendAsync(HttpMethod.Get, search, token)).Status.Should().Be(200, search);
    }

    [Fact]
    public async Task A_refused_look_up_of_a_child_is_recorded_with_the_child()
    {
        var (status, answer) = await LookUpAsAsync("demo-tester");

        status.Should().Be(403, answer);
        var access = await _exchange.AccessAsync(_requestId);
        access.Child!.Value.Digits.Should().Be("9990000018");
        (access.Outcome, access.Mode).Should().Be((AccessOutcome.Refused, null));
    }

    private async Task<(int Status, string Body)> LookUpAsAsync(string clientId) =>
        await _exchange.SendAsync(
            HttpMethod.Get,
            "Patient/$child-protection?nhsNumber=9990000018",
            await _exchange.TokenAsync(clientId),
            requestId: _requestId
        );
}
