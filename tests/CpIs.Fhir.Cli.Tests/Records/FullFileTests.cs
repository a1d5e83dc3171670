using System.Globalization;
using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Tests.Records;

/// <summary><c>cpis holdings</c> and <c>cpis reconciliation</c>.</summary>
[Collection(RealExchange.Shared)]
public sealed class FullFileTests(RealExchange exchange)
{
    private const string Authority = "authority-xst05";

    [Fact]
    public async Task What_is_held_is_shown_and_sent_back_but_for_one_which_is_missing_and_ended()
    {
        var children = Enumerable.Range(0, 25).Select(_ => exchange.NewChild(PlanTypes.LookedAfter)).ToList();
        await exchange.UploadAsync(Authority, "XST05", children);
        var gone = children[7];
        var file = Path.Combine(Path.GetTempPath(), $"cpis-held-{Guid.NewGuid():N}.csv");

        var table = await exchange.AsAsync(Authority, "holdings");
        var saved = await exchange.AsAsync(Authority, "holdings", "--csv", file);
        var lines = (await exchange.AsAsync(Authority, "holdings", "--json")).Out.Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        var held = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        File.Delete(file);
        // What was sent without a time counts as of when it came.
        var made = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        await exchange.SendFileAsync(
            Authority,
            $"sequence=1&mode=full&made={made}",
            string.Join('\n', lines.Where(line => !line.Contains(gone.NhsNumber.Digits, StringComparison.Ordinal)))
        );

        (table.Code, saved.Code).Should().Be((0, 0), table.Error + saved.Error);
        table.Out.Should().Contain(gone.Plans[0].PlanId).And.Contain("Looked after child");
        held.Should().Contain($"\r\n{gone.NhsNumber.Digits},Quickley,Wren Zofia,");
        var report = await exchange.AsAsync(Authority, "reconciliation", "XST05-1");
        report.Out.Should().MatchRegex($"missing +{gone.Plans[0].PlanId} ").And.Contain("Not in the file: 1.");
        report.Error.Should().Contain("--end-missing 1");
        (await exchange.AsAsync(Authority, "reconciliation", "XST05-1", "--json")).Objects.Single()["planId"]!
            .GetValue<string>()
            .Should()
            .Be(gone.Plans[0].PlanId);
        var wrong = await exchange.AsAsync(Authority, "reconciliation", "XST05-1", "--end-missing", "2");
        (wrong.Code, wrong.Error).Should().Be((1, wrong.Error));
        wrong.Error.Should().Contain("Expected: 1.");
        var ended = await exchange.AsAsync(Authority, "reconciliation", "XST05-1", "--end-missing", "1");
        ended.Code.Should().Be(0, ended.Error);
        ended.Out.Should().MatchRegex($"{gone.Plans[0].PlanId} +ended").And.Contain("Ended: 1.");
        (await exchange.AsAsync(Authority, "reconciliation", "XST05-1", "--end-missing", "1"))
            .Out.Should()
            .Be(ended.Out);
        (await exchange.AsAsync(Authority, "holdings")).Out.Should().MatchRegex($"{gone.Plans[0].PlanId} .* finished");
    }

    [Fact]
    public async Task Where_a_second_person_must_approve_it_says_how()
    {
        await using var stub = await StubExchange.StartAsync();
        stub.On(
            "POST /FHIR/R4/$upload/XHF01-5/$end-missing",
            new Reply(
                202,
                """{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational","diagnostics":"9 of 20 open plans would end. cpis approve r-9."}]}"""
            )
        );

        using var workshop = new Workshop();

        var asked = await Invocation.RunAsync([
            "reconciliation",
            "XHF01-5",
            "--end-missing",
            "9",
            "--server",
            stub.Root,
            "--client",
            workshop.Client,
        ]);

        asked.Code.Should().Be(0, asked.Error);
        asked.Out.Should().Contain("cpis approve r-9");
    }
}
