using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Validation;

namespace CpIs.Fhir.Server.Tests.Admission;

/// <summary>Bodies and headers as they may come: what is well-formed is taken, what is not is told and never a 500.</summary>
public sealed class HostileBodyTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/FHIR/R4/Patient/$child-protection", "application/fhir+json", "hareford-ed")]
    [InlineData("/FHIR/R4/Flag/_search", "application/x-www-form-urlencoded", "hareford-ed")]
    [InlineData("/FHIR/R4", "application/fhir+json", "authority-xhf01")]
    [InlineData("/FHIR/R4/Flag/$validate", "application/fhir+json", "tester")]
    [InlineData("/FHIR/R4/Subscription", "application/fhir+json", "authority-xhf01")]
    [InlineData("/FHIR/R4/ValueSet/_search", "application/x-www-form-urlencoded", null)]
    [InlineData("/oauth2/token", "application/x-www-form-urlencoded", null)]
    [InlineData("/validate", "multipart/form-data; boundary=x", null)]
    public async Task A_chunk_of_2_GiB_is_a_4xx(string path, string contentType, string? client)
    {
        foreach (var size in new[] { "80000000", "FFFFFFFF", "FFFFFFFFFFFFFFFFFF" })
        {
            var status = await PostChunkAsync(path, contentType, client, size);
            status.Should().Match(line => line.StartsWith("HTTP/1.1 400") || line.StartsWith("HTTP/1.1 413"), size);
        }
    }

    [Theory]
    [InlineData("application/fhir+json; charset=\"utf-8\"", 200)]
    [InlineData("application/fhir+json; fhirVersion=4.0", 200)]
    [InlineData("application/fhir+json; fhirVersion=\"4.0\"; charset=UTF-8", 200)]
    [InlineData("application/fhir+json; fhirVersion=3.0", 415)]
    [InlineData("application/fhir+json; charset=latin1", 415)]
    public async Task A_body_is_FHIR_R4_in_UTF8(string contentType, int status)
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(Speaker.Parameters(exchange.NewNumber().Digits)));
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        var setting = await exchange.AsAsync("hareford-ed");

        (await setting.SendAsync(HttpMethod.Post, "Patient/$child-protection", body)).Status.Should().Be(status);
    }

    [Theory]
    [InlineData("identity", 200)]
    [InlineData("gzip", 400)]
    [InlineData("br", 415)]
    public async Task A_body_is_encoded_as_it_says(string encoding, int status)
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(Speaker.Parameters(exchange.NewNumber().Digits)));
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("application/fhir+json");
        body.Headers.ContentEncoding.Add(encoding);
        var setting = await exchange.AsAsync("hareford-ed");

        (await setting.SendAsync(HttpMethod.Post, "Patient/$child-protection", body)).Status.Should().Be(status);
    }

    [Theory]
    [InlineData("application/fhir+json; fhirVersion=4.0", 200)]
    [InlineData("application/fhir+json; fhirVersion=3.0", 406)]
    [InlineData("application/fhir+json; fhirVersion=3.0, */*", 200)]
    public async Task An_answer_is_FHIR_R4(string accept, int status)
    {
        var setting = await exchange.AsAsync("hareford-ed");

        (
            await setting.GetAsync(
                $"Patient/$child-protection?nhsNumber={exchange.NewNumber().Digits}",
                ("Accept", accept)
            )
        )
            .Status.Should()
            .Be(status);
        (await exchange.Anonymous.GetAsync("metadata", ("Accept", accept))).Status.Should().Be(status);
    }

    [Theory]
    [InlineData("Patient/$child-protection", "hareford-ed", """{"":1,"resourceType":"Parameters","parameter":[]}""")]
    [InlineData("", "authority-xhf01", """{"":1,"resourceType":"Bundle","type":"transaction"}""")]
    [InlineData("Subscription", "authority-xhf01", """{"":1,"resourceType":"Subscription"}""")]
    [InlineData("Flag/$validate", "tester", """{"":1,"resourceType":"Flag"}""")]
    public async Task A_member_without_a_name_is_told_and_never_a_500(string path, string client, string body)
    {
        var answer = await (await exchange.AsAsync(client)).PostAsync(path, body);

        answer.Status.Should().BeOneOf([200, 400, 422], answer.Text);
        answer.Json.GetProperty("resourceType").GetString().Should().Be("OperationOutcome");
        answer.Issue.Diagnostics.Should().NotContain("failed");
    }

    [Fact]
    public async Task While_every_place_is_taken_nothing_is_parsed()
    {
        var taken = new List<Server.Http.Places.Place>();
        foreach (var desk in exchange.Each<ValidationDesk>())
            for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
                taken.Add((await desk.TakeAsync(Stop)).Value);
        using var form = new FormUrlEncodedContent([new("text", "{ not FHIR")]);

        var asked = await (await exchange.AsAsync("tester")).PostAsync("Flag/$validate", "{ not FHIR");
        var page = await exchange.Anonymous.SendAsync(HttpMethod.Post, "/validate", form);
        taken.ForEach(place => place.Dispose());

        asked.Status.Should().Be(429, asked.Text);
        page.Status.Should().Be(429, page.Text);
        (await (await exchange.AsAsync("tester")).PostAsync("Flag/$validate", "{ not FHIR")).Status.Should().Be(400);
    }

    private async Task<string> PostChunkAsync(string path, string contentType, string? client, string size)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(exchange.Root.Host, exchange.Root.Port, Stop);
        await using var stream = socket.GetStream();
        var token = client is null ? "" : $"Authorization: {await TokenAsync(client)}\r\n";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: {exchange.Root.Authority}\r\n{token}Content-Type: {contentType}\r\n"
                    + $"Transfer-Encoding: chunked\r\n\r\n{size}\r\n--x\r\n"
            ),
            Stop
        );
        using var reader = new StreamReader(stream);
        return (await reader.ReadLineAsync(Stop))!;
    }

    private async Task<string> TokenAsync(string client) => (await exchange.AsAsync(client)).Authorization!;
}
