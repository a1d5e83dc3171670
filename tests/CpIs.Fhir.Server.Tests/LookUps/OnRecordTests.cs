using System.Text.Json;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>Promise 1, from outside: whatever an identified caller was answered, the operator finds it.</summary>
public sealed class OnRecordTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    public static TheoryData<Way> Ways => [.. Enum.GetValues<Way>()];

    [Theory, MemberData(nameof(Ways))]
    public async Task A_hit_and_a_miss_are_on_record_with_the_child_the_person_and_the_question(Way way)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var setting = await exchange.AsAsync("hareford-ed");
        foreach (var number in new[] { child.NhsNumber, exchange.NewNumber() })
        {
            var answer = await setting.AskAsync(way, number.Digits);
            answer.Status.Should().Be(200);

            var access = await exchange.RecordOfAsync(answer);
            var stored = await exchange.OccurrenceOfAsync(answer);

            access.GetProperty("outcome").GetString().Should().Be("0");
            access.GetRawText().Should().Contain("555252160103").And.Contain("XED01").And.Contain("demo-hareford-ed");
            access.GetRawText().Should().NotContain(number.Digits, "an operator sees no child");
            Kinds(access).Should().Equal(["XrequestId"], "an operator sees no child, no question and no plan");
            stored.Child.Should().Be(number);
            stored.Query.Should().Contain(number.Digits);
            stored.Shown.Should().HaveCount(number == child.NhsNumber ? 1 : 0);
        }
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_refusal_for_the_number_is_on_record(Way way)
    {
        var answer = await (await exchange.AsAsync("hareford-ed")).AskAsync(way, "9990000001");

        answer.Status.Should().Be(400);
        await ShouldBeRefusedOnRecordAsync(answer);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_refusal_for_the_person_is_on_record(Way way)
    {
        var nobody = await exchange.SignInAsync("hareford-ed", null);

        var answer = await nobody.AskAsync(way, exchange.NewNumber().Digits);

        answer.Status.Should().Be(403);
        await ShouldBeRefusedOnRecordAsync(answer);
    }

    [Theory]
    [InlineData("Flag?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018")]
    [InlineData("EpisodeOfCare?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018")]
    [InlineData("AuditEvent?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018")]
    [InlineData("Patient/$child-protection?nhsNumber=9990000018")]
    public async Task A_refusal_for_the_media_type_or_the_request_id_is_on_record(string path)
    {
        var setting = await exchange.AsAsync("hareford-ed");

        var turtle = await setting.GetAsync(path, ("Accept", "application/fhir+turtle"));
        turtle.Status.Should().Be(406);
        await ShouldBeRefusedOnRecordAsync(turtle);

        var unsound = await setting.GetAsync(path, ("X-Request-ID", "42"));
        unsound.Status.Should().Be(400);
        unsound.Issue.Expression.Should().Be("http.X-Request-ID");
        await ShouldBeRefusedOnRecordAsync(unsound);
    }

    [Fact]
    public async Task A_refusal_for_the_body_is_on_record()
    {
        var setting = await exchange.AsAsync("hareford-ed");

        foreach (
            var answer in new[]
            {
                await setting.PostAsync("Patient/$child-protection", "{"),
                await setting.PostAsync("Flag/_search", "{}"),
                await setting.PostAsync("Patient/$child-protection", Speaker.Parameters(new string('9', 20_000))),
            }
        )
        {
            answer.Status.Should().BeOneOf(400, 413, 415);
            await ShouldBeRefusedOnRecordAsync(answer);
        }
    }

    private async Task ShouldBeRefusedOnRecordAsync(Answer answer)
    {
        var access = await exchange.RecordOfAsync(answer);
        access.GetProperty("outcome").GetString().Should().Be("4");
        access.GetProperty("outcomeDesc").GetString().Should().Be(answer.Issue.Diagnostics);
        (await exchange.OccurrenceOfAsync(answer)).Shown.Should().BeEmpty();
    }

    private static IEnumerable<string?> Kinds(JsonElement access) =>
        access
            .GetProperty("entity")
            .EnumerateArray()
            .Select(e => e.GetProperty("type").GetProperty("code").GetString());
}
