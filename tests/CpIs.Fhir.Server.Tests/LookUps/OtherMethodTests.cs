using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>A look-up has GET and POST, and no HEAD; another method on its address is refused and on record.</summary>
public sealed class OtherMethodTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Theory]
    [InlineData("HEAD", "Flag?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|")]
    [InlineData("HEAD", "EpisodeOfCare?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|")]
    [InlineData("HEAD", "AuditEvent?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|")]
    [InlineData("HEAD", "Patient/$child-protection?nhsNumber=")]
    [InlineData("DELETE", "Flag?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|")]
    [InlineData("PUT", "Patient/$child-protection?nhsNumber=")]
    [InlineData("GET", "Flag/_search?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|")]
    [InlineData("PUT", "Flag?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|")]
    [InlineData("POST", "EpisodeOfCare?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|")]
    public async Task It_is_refused_and_on_record_with_the_child(string method, string path)
    {
        var child = exchange.NewNumber();

        var answer = await (await exchange.AsAsync("hareford-ed")).SendAsync(
            new HttpMethod(method),
            path + child.Digits,
            null
        );

        answer.Status.Should().Be(405);
        answer.Headers.Should().ContainKey("Allow");
        if (method == "HEAD")
            answer.Bytes.Should().BeEmpty();
        else
            answer.Issue.Code.Should().Be("not-supported");
        var access = await exchange.OccurrenceOfAsync(answer);
        (access.Kind, access.Outcome, access.Child).Should().Be((OccurrenceKind.Access, AccessOutcome.Refused, child));
    }
}
