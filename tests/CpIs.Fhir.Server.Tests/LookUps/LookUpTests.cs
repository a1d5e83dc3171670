using System.Text.Json;
using System.Text.RegularExpressions;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>What a setting sees, whichever way it asks.</summary>
public sealed partial class LookUpTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    public static TheoryData<Way> Ways => [.. Enum.GetValues<Way>()];

    public static TheoryData<Way> FlagWays =>
        [Way.FlagByIdentifier, Way.FlagByChain, Way.FlagBySubject, Way.FlagPosted];

    public static TheoryData<Way> EpisodeWays => [Way.Episode, Way.EpisodeByChain, Way.EpisodePosted];

    public static TheoryData<Way> Operations => [Way.Operation, Way.OperationPosted];

    private Task<Speaker> SettingAsync => exchange.AsAsync("hareford-ed");

    [Theory, MemberData(nameof(FlagWays))]
    public async Task A_search_for_flags_matches_each_visible_flag_with_what_it_refers_to(Way way)
    {
        var child = exchange.NewChild(exchange.Plan(), exchange.Plan(PlanTypes.LookedAfter));
        await exchange.UploadAsync("authority-xhf01", child);

        var answer = await (await SettingAsync).AskAsync(way, child.NhsNumber.Digits);

        answer.Status.Should().Be(200, answer.Text);
        answer.Total.Should().Be(2);
        answer.Entries("Flag").Should().HaveCount(2);
        answer.Entries("OperationOutcome", "outcome").Should().ContainSingle();
        answer.AllEntries.Should().HaveCount(7, "both plans, the child and the authority are in it");
        answer.Link("next").Should().BeNull();
    }

    [Theory, MemberData(nameof(EpisodeWays))]
    public async Task A_search_for_plans_matches_each_visible_plan_with_what_it_refers_to(Way way)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);

        var answer = await (await SettingAsync).AskAsync(way, child.NhsNumber.Digits);

        answer.Status.Should().Be(200, answer.Text);
        answer.Total.Should().Be(1);
        answer.Entries("EpisodeOfCare").Should().ContainSingle();
        answer.Entries("OperationOutcome", "outcome").Should().ContainSingle();
        answer.AllEntries.Should().HaveCount(4, "the child and the authority are in it");
    }

    [Theory, MemberData(nameof(Operations))]
    public async Task The_operation_answers_with_everything_that_is_shown_of_a_child(Way way)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);

        var answer = await (await SettingAsync).AskAsync(way, child.NhsNumber.Digits);

        answer.Status.Should().Be(200, answer.Text);
        answer.Total.Should().Be(1);
        answer.Entries("Flag").Should().ContainSingle();
        answer.Entries("EpisodeOfCare", "include").Should().ContainSingle();
        answer.Entries("Patient", "include").Should().ContainSingle();
        answer.Entries("Organization", "include").Should().ContainSingle();
        answer.Entries("AuditEvent", "include").Should().ContainSingle("the current access is in the history");
        answer.Entries("OperationOutcome", "outcome").Should().ContainSingle();
        answer.AllEntries.Should().HaveCount(6);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_hit_and_a_miss_are_labelled_not_for_the_patient_whichever_way_is_asked(Way way)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);

        foreach (var number in new[] { child.NhsNumber, exchange.NewNumber() })
        {
            var answer = await (await SettingAsync).AskAsync(way, number.Digits);

            answer.Status.Should().Be(200, answer.Text);
            Label(answer.Json).Should().Be("http://terminology.hl7.org/CodeSystem/v3-ActCode#NOPAT");
            foreach (var resource in answer.AllEntries.Select(entry => entry.GetProperty("resource")))
                if (resource.GetProperty("resourceType").GetString() is "Flag" or "EpisodeOfCare")
                    Label(resource).Should().Be("http://terminology.hl7.org/CodeSystem/v3-ActCode#NOPAT");
        }
    }

    [Fact]
    public async Task The_history_is_a_look_up_of_its_own()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);

        var answer = await (await SettingAsync).AskAsync(Way.History, child.NhsNumber.Digits);

        answer.Status.Should().Be(200, answer.Text);
        answer.Total.Should().Be(1);
        answer.Entries("AuditEvent").Should().ContainSingle();
        answer.AllEntries.Should().HaveCount(2);
    }

    [Theory]
    [InlineData("Flag?", 4)]
    [InlineData("Flag?_include=Flag:patient&", 4)]
    [InlineData("EpisodeOfCare?", 2)]
    public async Task A_search_holds_all_that_its_answer_refers_to_once_each(string search, int included)
    {
        var child = exchange.NewChild(exchange.Plan(), exchange.Plan(PlanTypes.LookedAfter));
        await exchange.UploadAsync("authority-xhf01", child);

        var answer = await (await SettingAsync).GetAsync(
            $"{search}patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}"
        );

        answer.Total.Should().Be(2);
        answer.Entries("Patient", "include").Should().ContainSingle();
        answer.Entries("Organization", "include").Should().ContainSingle();
        answer.AllEntries.Should().HaveCount(2 + included + 1, "the outcome too");
        var urls = answer.AllEntries.Select(entry => entry.GetProperty("fullUrl").GetString()).ToList();
        foreach (Match reference in Reference().Matches(answer.Text))
            urls.Should().Contain(exchange.FhirBase + reference.Groups[1].Value);
    }

    [GeneratedRegex("\"reference\":\"([^\"]+)\"")]
    private static partial Regex Reference();

    [Fact]
    public async Task A_setting_reads_the_Organization_of_an_authority_and_no_other()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var setting = await SettingAsync;
        var shown = (await setting.LookUpAsync(child.NhsNumber)).Entries("Organization", "include")[0];

        var read = await setting.GetAsync($"Organization/{shown.GetProperty("id").GetString()}");
        read.Status.Should().Be(200, read.Text);
        read.Json.GetProperty("telecom").GetRawText().Should().Be(shown.GetProperty("telecom").GetRawText());
        (await setting.GetAsync("Organization/XGP01")).Status.Should().Be(404);
        (await setting.GetAsync("Organization?name=county")).Status.Should().Be(403);
    }

    [Fact]
    public async Task The_authority_is_shown_with_its_office_and_its_emergency_duty_phone()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);

        var answer = await (await SettingAsync).LookUpAsync(child.NhsNumber);

        var phones = answer.Entries("Organization", "include")[0].GetProperty("telecom");
        phones.GetArrayLength().Should().Be(2);
        phones[0].GetProperty("use").GetString().Should().Be("work");
        phones[0].GetProperty("rank").GetInt32().Should().Be(1);
        phones[0].GetProperty("value").GetString().Should().Be("01632 960001");
        phones[1].GetProperty("use").GetString().Should().Be("mobile");
        phones[1].GetProperty("rank").GetInt32().Should().Be(2);
        phones[1].GetProperty("value").GetString().Should().Be("01632 960101");
        phones[1].GetProperty("extension")[0].GetProperty("url").GetString().Should().EndWith("/emergency-duty");
        phones[1].GetProperty("extension")[0].GetProperty("valueBoolean").GetBoolean().Should().BeTrue();
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task The_authoritys_own_person_id_is_never_shown_to_a_setting(Way way)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);

        var answer = await (await SettingAsync).AskAsync(way, child.NhsNumber.Digits);

        answer.Status.Should().Be(200, answer.Text);
        answer.Text.Should().NotContain(child.LocalId).And.NotContain("local-person");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_miss_has_the_shape_of_a_hit(Way way)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var setting = await SettingAsync;

        var hit = await setting.AskAsync(way, child.NhsNumber.Digits);
        var miss = await setting.AskAsync(way, exchange.NewNumber().Digits);

        miss.Status.Should().Be(hit.Status).And.Be(200);
        miss.Json.EnumerateObject().Select(p => p.Name).Should().Equal(hit.Json.EnumerateObject().Select(p => p.Name));
        miss.Headers.Keys.Should().BeEquivalentTo(hit.Headers.Keys);
        miss.Total.Should().Be(0);
        miss.AllEntries.Should().ContainSingle("only the outcome is there");
        foreach (var answer in new[] { hit, miss })
            answer
                .Entries("OperationOutcome", "outcome")
                .Should()
                .ContainSingle()
                .Which.GetProperty("issue")
                .EnumerateArray()
                .Should()
                .OnlyContain(issue => issue.GetProperty("severity").GetString() == "information");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task No_text_says_that_there_is_no_concern(Way way)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        foreach (var number in new[] { child.NhsNumber.Digits, exchange.NewNumber().Digits, "9990000001" })
        {
            var text = (await (await SettingAsync).AskAsync(way, number)).Text;
            text.Replace("\\u0027", "'", StringComparison.Ordinal)
                .Replace("This is not 'no concern'", "", StringComparison.Ordinal)
                .Should()
                .NotContainEquivalentOf("no concern");
        }
    }

    [Fact]
    public async Task Two_authorities_that_hold_a_child_are_both_shown_each_with_its_own_words()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        await exchange.UploadAsync("authority-xbr02", child with { Family = "Rowntree", LocalId = "OTHER-1" });

        var answer = await (await SettingAsync).LookUpAsync(child.NhsNumber);

        answer.Total.Should().Be(2);
        answer
            .Entries("Patient", "include")
            .Select(p => p.GetProperty("name")[0].GetProperty("family").GetString())
            .Should()
            .BeEquivalentTo("Quickley", "Rowntree");
        answer
            .Entries("Organization", "include")
            .Select(o => o.GetProperty("identifier")[0].GetProperty("value").GetString())
            .Should()
            .BeEquivalentTo("XHF01", "XBR02");
        foreach (var flag in answer.Entries("Flag"))
        {
            var patient = answer
                .Entries("Patient", "include")
                .Single(p =>
                    flag.GetProperty("subject").GetProperty("reference").GetString()
                    == $"Patient/{p.GetProperty("id").GetString()}"
                );
            patient
                .GetProperty("managingOrganization")
                .GetProperty("identifier")
                .GetProperty("value")
                .GetString()
                .Should()
                .Be(flag.GetProperty("author").GetProperty("identifier").GetProperty("value").GetString());
        }
    }

    [Fact]
    public async Task What_the_answer_refers_to_is_in_it_under_the_public_address()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);

        var answer = await (await SettingAsync).LookUpAsync(child.NhsNumber);

        var urls = answer.AllEntries.Select(e => e.GetProperty("fullUrl").GetString()!).ToList();
        urls.Should().OnlyHaveUniqueItems();
        foreach (var flag in answer.Entries("Flag"))
        foreach (
            var reference in new[]
            {
                flag.GetProperty("subject").GetProperty("reference"),
                flag.GetProperty("author").GetProperty("reference"),
                flag.GetProperty("extension")[0].GetProperty("valueReference").GetProperty("reference"),
            }
        )
            urls.Should().Contain(new Uri(exchange.FhirBase, reference.GetString()).ToString());
    }

    private static string Label(JsonElement resource)
    {
        var label = resource.GetProperty("meta").GetProperty("security").EnumerateArray().Single();
        return $"{label.GetProperty("system").GetString()}#{label.GetProperty("code").GetString()}";
    }
}
