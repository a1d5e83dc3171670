using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>A look-up needs a person, and the person's activities decide its mode within the rights of the setting.</summary>
public sealed class PersonAndModeTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string Header = "IsUnscheduledAccessEvent";

    // XED01 has the right of unscheduled look-ups only, XGP03 of scheduled only, XMA06 of both.
    [Theory]
    [InlineData("hareford-ed", "B0107", null, "unscheduled")]
    [InlineData("hareford-ed", "B0107", "true", "unscheduled")]
    [InlineData("hareford-ed", "B0107", "TRUE", "unscheduled")]
    [InlineData("hareford-ed", "B0107 B0170", null, "unscheduled")]
    [InlineData("gp-hareford", "B0170", null, "scheduled")]
    [InlineData("gp-hareford", "B0170", "false", "scheduled")]
    [InlineData("gp-hareford", "B0107 B0170", null, "scheduled")]
    [InlineData("maternity-hareford", "B0107", null, "unscheduled")]
    [InlineData("maternity-hareford", "B0170", null, "scheduled")]
    [InlineData("maternity-hareford", "B0107 B0170", null, "unscheduled")]
    [InlineData("maternity-hareford", "B0107 B0170", "true", "unscheduled")]
    [InlineData("maternity-hareford", "B0107 B0170", "false", "scheduled")]
    [InlineData("maternity-hareford", "B0001 B0170", null, "scheduled")]
    public async Task The_activities_decide_the_mode(string client, string activities, string? header, string mode)
    {
        var (answer, access) = await LookUpAsync(client, activities, header);

        answer.Status.Should().Be(200, answer.Text);
        access.Should().Contain($"\"code\":\"{mode}\"");
    }

    [Theory]
    [InlineData("hareford-ed", "B0107", "false", 403, "the activity says unscheduled")]
    [InlineData("maternity-hareford", "B0107", "false", 403, "the activity says unscheduled")]
    [InlineData("maternity-hareford", "B0170", "true", 403, "the activity says scheduled")]
    [InlineData("gp-hareford", "B0170", "true", 403, "the activity says scheduled")]
    [InlineData("maternity-hareford", "", null, 403, "there is no activity")]
    [InlineData("maternity-hareford", "B0001", null, 403, "there is another activity only")]
    [InlineData("hareford-ed", "B0170", null, 403, "the setting has no right to scheduled look-ups")]
    [InlineData("gp-hareford", "B0107", null, 403, "the setting has no right to unscheduled look-ups")]
    [InlineData("hareford-ed", "B0107", "yes", 400, "the header is neither true nor false")]
    [InlineData("hareford-ed", "B0107", "", 400, "the header is empty")]
    [InlineData("maternity-hareford", "B0107 B0170", "0", 400, "the header is neither true nor false")]
    public async Task A_contradiction_or_a_missing_right_is_refused(
        string client,
        string activities,
        string? header,
        int status,
        string because
    )
    {
        var (answer, access) = await LookUpAsync(client, activities, header);

        answer.Status.Should().Be(status, $"{because}: {answer.Text}");
        access.Should().Contain("\"outcome\":\"4\"", "the refusal is on record");
    }

    [Fact]
    public async Task Without_a_person_a_look_up_is_refused()
    {
        var nobody = await exchange.SignInAsync("hareford-ed", null);

        var answer = await nobody.LookUpAsync(exchange.NewNumber());

        answer.Status.Should().Be(403);
        answer.Issue.Spine.Should().Be("ACCESS_DENIED");
        answer.Issue.Diagnostics.Should().Contain("cpis_user");
    }

    [Fact]
    public async Task A_header_that_contradicts_the_activities_raises_an_alarm()
    {
        var before = exchange.Logs.Count;

        var (answer, _) = await LookUpAsync("hareford-ed", "B0107", "false");

        answer.Status.Should().Be(403);
        exchange
            .Logs.Lines.Skip(before)
            .Should()
            .Contain(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("contradicts"));
    }

    private async Task<(Answer Answer, string Access)> LookUpAsync(string client, string activities, string? header)
    {
        var user = RunningExchange.Client(client).User! with
        {
            Activities = activities.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
        var speaker = await exchange.SignInAsync(client, user);
        var answer = await speaker.LookUpAsync(exchange.NewNumber(), header is null ? [] : [(Header, header)]);
        var record = await exchange.RecordOfAsync(answer);
        return (answer, record.GetRawText());
    }
}
