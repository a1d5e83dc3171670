using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>Promise 9: an unknown outcome is 503 with the failure text, never an empty result.</summary>
public sealed class CouldNotCheckTests(WatchedExchange exchange) : IClassFixture<WatchedExchange>, IDisposable
{
    public static TheoryData<Way, string> EachWayAndStep
    {
        get
        {
            var cases = new TheoryData<Way, string>();
            foreach (var way in Enum.GetValues<Way>())
            foreach (var step in new[] { "ReadChildAsync", "ReadHistoryAsync", "RecordAsync" })
                cases.Add(way, step);
            return cases;
        }
    }

    public void Dispose() => exchange.Watch.Forget();

    [Theory, MemberData(nameof(EachWayAndStep))]
    public async Task A_store_that_fails_at_any_step_gives_503_and_nothing_of_the_child(Way way, string step)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var setting = await exchange.AsAsync("hareford-ed");
        exchange.Watch.Fails = name => name == step;

        ShouldBeCouldNotCheck(await setting.AskAsync(way, child.NhsNumber.Digits));
        ShouldBeCouldNotCheck(await setting.AskAsync(way, exchange.NewNumber().Digits));
    }

    [Fact]
    public async Task A_refusal_that_cannot_be_recorded_is_503_too()
    {
        var nobody = await exchange.SignInAsync("hareford-ed", null);
        exchange.Watch.Fails = name => name == "RecordAsync";

        ShouldBeCouldNotCheck(await nobody.LookUpAsync(exchange.NewNumber()));
    }

    [Fact]
    public async Task A_failure_is_logged_with_the_request_and_nothing_of_the_child()
    {
        var setting = await exchange.AsAsync("hareford-ed");
        exchange.Watch.Fails = name => name == "RecordAsync";
        var number = exchange.NewNumber();

        var answer = await setting.LookUpAsync(number);

        exchange.Logs.Text.Should().Contain($"Request {answer.Headers["X-Request-ID"]} could not be checked");
        exchange.Logs.Text.Should().NotContain(number.Digits);
    }

    [Theory]
    [InlineData("Patient?_count=1", "SearchAsync")]
    [InlineData("Patient/1", "ReadAsync")]
    [InlineData("AuditEvent", "SearchOccurrencesAsync")]
    [InlineData("AuditEvent/1", "ReadOccurrenceAsync")]
    public async Task An_authority_is_told_so_as_well(string path, string step)
    {
        var authority = await exchange.AsAsync("authority-xhf01");
        exchange.Watch.Fails = name => name == step;

        var answer = await authority.GetAsync(path);
        answer.Status.Should().Be(503, answer.Text);
        answer.Issue.Diagnostics.Should().StartWith("The store did not answer").And.NotContain("CHECK");
    }

    [Theory]
    [InlineData("ReadByIdentityAsync")]
    [InlineData("CommitAsync")]
    public async Task An_upload_that_cannot_be_stored_is_503_and_can_be_sent_again(string step)
    {
        var child = exchange.NewChild();
        var authority = await exchange.AsAsync("authority-xhf01");
        exchange.Watch.Fails = name => name == step;
        var bundle = Synthetic.SyntheticUpload.Bundle(Core.OdsCode.Parse("XHF01"), [child]);

        var answer = await authority.PostAsync("", bundle);

        answer.Status.Should().Be(503, answer.Text);
        answer.Headers.Should().ContainKey("Retry-After");
        answer.Issue.Diagnostics.Should().StartWith("Your upload was not stored, or we do not know whether it was.");
        answer.Text.Should().NotContain("phone").And.NotContain("no plan");
        exchange.Watch.Forget();
        (await authority.PostAsync("", bundle)).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_miss_takes_the_same_steps_in_the_store_as_a_hit_and_a_refusal_one()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var setting = await exchange.AsAsync("hareford-ed");
        foreach (var way in Enum.GetValues<Way>())
        {
            var hit = await StepsAsync(() => setting.AskAsync(way, child.NhsNumber.Digits));
            var miss = await StepsAsync(() => setting.AskAsync(way, exchange.NewNumber().Digits));
            var refusal = await StepsAsync(() => setting.AskAsync(way, "9990000001"));

            hit.Should().Equal("ReadChildAsync", "ReadHistoryAsync", "RecordAsync");
            miss.Should().Equal(hit);
            refusal.Should().Equal("RecordAsync");
        }
    }

    private async Task<IReadOnlyList<string>> StepsAsync(Func<Task<Answer>> ask)
    {
        exchange.Watch.Forget();
        await ask();
        // The engine of notifications searches for Subscriptions in its own time.
        return [.. exchange.Watch.Calls.Where(name => name != "SearchAsync")];
    }

    internal static void ShouldBeCouldNotCheck(Answer answer)
    {
        answer.Status.Should().Be(503, answer.Text);
        answer.Headers["Retry-After"].Should().Be("5");
        answer.Json.GetProperty("resourceType").GetString().Should().Be("OperationOutcome");
        answer.Json.GetProperty("issue").GetArrayLength().Should().Be(1);
        answer.Issue.Diagnostics.Should().Be(LookUpTexts.Failure);
        answer.Issue.Code.Should().Be("transient");
    }
}
