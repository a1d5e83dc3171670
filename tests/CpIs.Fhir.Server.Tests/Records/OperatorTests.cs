using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Records;

/// <summary>The operator reads no record, and its view of the audit shows no child and no plan.</summary>
public sealed class OperatorTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task It_reads_and_searches_no_record()
    {
        var child = exchange.NewChild();
        var stored = await exchange.UploadAsync("authority-xhf01", child);
        var auditor = await exchange.AsAsync("operator");
        foreach (var entry in stored.AllEntries)
        {
            var version = entry.GetProperty("response").GetProperty("location").GetString()!;
            foreach (
                var path in new[]
                {
                    version,
                    version[..version.IndexOf("/_history", StringComparison.Ordinal)],
                    version.Split('/')[0],
                }
            )
            {
                var answer = await auditor.GetAsync(path);
                answer.Status.Should().Be(403, path);
                answer.Issue.Diagnostics.Should().Be("Operators cannot use this endpoint.");
            }
        }

        (await auditor.GetAsync("Organization")).Status.Should().Be(200);
    }

    [Fact]
    public async Task Its_view_of_the_audit_shows_no_child_no_plan_and_no_question()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var answer = await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        await (await exchange.AsAsync("authority-xhf01")).GetAsync(
            $"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}"
        );
        var auditor = await exchange.AsAsync("operator");
        var id = (await exchange.RecordOfAsync(answer)).GetProperty("id").GetString();

        foreach (
            var shown in new[]
            {
                await auditor.GetAsync("AuditEvent?_count=1000"),
                await auditor.GetAsync($"AuditEvent/{id}"),
            }
        )
        {
            shown.Status.Should().Be(200, shown.Text);
            shown.Text.Should().Contain(answer.Headers["X-Request-ID"]);
            shown
                .Text.Should()
                .NotContain(child.NhsNumber.Digits)
                .And.NotContain("EpisodeOfCare/")
                .And.NotContain("\"query\"");
        }
    }

    [Fact]
    public async Task It_cannot_search_the_audit_by_child()
    {
        var answer = await (await exchange.AsAsync("operator")).GetAsync(
            $"AuditEvent?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{exchange.NewNumber().Digits}"
        );

        answer.Status.Should().Be(403, answer.Text);
        answer.Issue.Diagnostics.Should().Be("Operators cannot search accesses by child.");
    }
}
