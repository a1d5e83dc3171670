using System.Net.Http.Headers;
using System.Text;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>JSON that no client writes by accident is the sender's mistake at every endpoint, never a 500, and costs little.</summary>
public sealed class HostileJsonTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    public static TheoryData<string, string, string, string> Endpoints =>
        new()
        {
            { "authority-xhf01", "POST", "", "Bundle" },
            { "authority-xhf01", "POST", "Subscription", "Subscription" },
            { "authority-xhf01", "POST", "Flag/$validate", "Flag" },
            { "tester", "POST", "Bundle/$validate", "Bundle" },
            { "hareford-ed", "POST", "Patient/$child-protection", "Parameters" },
        };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_property_without_a_name_is_400(string client, string method, string path, string type)
    {
        var speaker = await exchange.AsAsync(client);
        foreach (
            var body in new[]
            {
                """{"":1}""",
                $$"""{"resourceType":"{{type}}","":"x"}""",
                $$$"""{"":{},"resourceType":"{{{type}}}"}""",
                $$$"""{"resourceType":"{{{type}}}","meta":{"":[{"":null}]}}""",
            }
        )
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");

            var answer = await speaker.SendAsync(HttpMethod.Parse(method), path, content);

            answer.Status.Should().Be(400, $"{body}: {answer.Text}");
        }
    }

    [Theory]
    [InlineData("authority-xhf01", "")]
    [InlineData("tester", "Bundle/$validate")]
    public async Task A_million_empty_entries_are_413_before_anything_is_made_of_them(string client, string path)
    {
        var speaker = await exchange.AsAsync(client);
        var entries = string.Join(',', Enumerable.Repeat("{}", 1_000_000));

        var answer = await speaker.PostAsync(
            path,
            $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{entries}}]}"""
        );

        answer.Status.Should().Be(413, answer.Text);
        answer.Issue.Code.Should().Be("too-long");
        answer.Issue.Expression.Should().Be("Bundle.entry");
    }
}
