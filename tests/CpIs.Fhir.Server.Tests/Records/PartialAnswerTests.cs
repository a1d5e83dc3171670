using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Records;

/// <summary><c>_include</c> and <c>_revinclude</c> add to what an authority finds, <c>_elements</c> and <c>_summary</c> take from it.</summary>
public sealed class PartialAnswerTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string Subsetted =
        "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\",\"code\":\"SUBSETTED\"}";

    private Task<Speaker> AuthorityAsync => exchange.AsAsync("authority-xmv03");

    [Theory]
    [InlineData("Flag", "_include=Flag:patient", "Patient")]
    [InlineData("Flag", "_include=Flag:subject:Patient&_include=Flag:patient", "Patient")]
    [InlineData("Flag", "_include=Flag:author", "Organization")]
    [InlineData("Flag", "_include=Flag:author&_include=Flag:patient:Patient", "Organization,Patient")]
    [InlineData("EpisodeOfCare", "_include=EpisodeOfCare:patient", "Patient")]
    [InlineData("EpisodeOfCare", "_include=EpisodeOfCare:organization", "Organization")]
    [InlineData("Patient", "_revinclude=EpisodeOfCare:patient", "EpisodeOfCare,EpisodeOfCare")]
    [InlineData(
        "Patient",
        "_revinclude=Flag:subject&_revinclude=EpisodeOfCare:patient",
        "Flag,Flag,EpisodeOfCare,EpisodeOfCare"
    )]
    public async Task What_a_match_refers_to_or_is_referred_by_comes_once_and_is_on_record(
        string type,
        string include,
        string expected
    )
    {
        var child = exchange.NewChild(exchange.Plan(), exchange.Plan(Core.Plans.PlanTypes.LookedAfter));
        await exchange.UploadAsync("authority-xmv03", child);
        await exchange.UploadAsync("authority-xhf01", child);
        var ofChild = (type == "Patient" ? "identifier=" : "patient:identifier=") + Token(child.NhsNumber.Digits);

        var found = await (await AuthorityAsync).GetAsync($"{type}?{ofChild}&{include}");

        found.Status.Should().Be(200, found.Text);
        var matches = found.Entries(type);
        matches.Should().HaveCount(type == "Patient" ? 1 : 2);
        found.Total.Should().Be(matches.Count, "what is included is not counted");
        var included = found
            .AllEntries.Where(entry => entry.GetProperty("search").GetProperty("mode").GetString() == "include")
            .Select(entry => entry.GetProperty("resource"))
            .ToList();
        included.Select(one => one.GetProperty("resourceType").GetString()).Should().Equal(expected.Split(','));
        included.Should().OnlyContain(one => !one.GetRawText().Contains("XHF01"), "another authority's is unknown");
        (await exchange.OccurrenceOfAsync(found)).Seen.Should().HaveCount(matches.Count + included.Count);
    }

    [Theory]
    [InlineData("Flag?_include=Flag:encounter", "Flag:author, Flag:patient")]
    [InlineData("Flag?_include=*", "one of")]
    [InlineData("Flag?_include=Patient:organization", "one of")]
    [InlineData("Flag?_include=Flag:patient:Organization", "one of")]
    [InlineData("Flag?_include:iterate=Flag:patient", "modifier")]
    [InlineData("Flag?_revinclude=EpisodeOfCare:patient", "_revinclude")]
    [InlineData("Flag?_elements=colour", "author, category, code")]
    [InlineData("Flag?_elements=code&_summary=true", "_elements or _summary")]
    [InlineData("Flag?_summary=short", "true, text, data, count, false")]
    public async Task What_is_not_offered_is_refused_with_what_is(string search, string told)
    {
        var refused = await (await AuthorityAsync).GetAsync(search);

        refused.Status.Should().Be(400, refused.Text);
        refused.Issue.Diagnostics.Should().Contain(told.Split(", ")[0]);
        refused.Issue.Expression.Should().StartWith("_");
    }

    [Fact]
    public async Task Named_elements_come_with_those_that_must_be_there_and_the_mark_that_it_is_a_part()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xmv03", child);
        var authority = await AuthorityAsync;
        var ofChild = "patient:identifier=" + Token(child.NhsNumber.Digits);

        var found = await authority.GetAsync($"Flag?{ofChild}&_elements=identifier,period&_include=Flag:patient");
        var flag = found.Entries("Flag")[0];
        var read = await authority.GetAsync($"Flag/{flag.GetProperty("id").GetString()}?_elements=period&_pretty=true");

        Names(flag)
            .Should()
            .BeEquivalentTo("resourceType", "id", "meta", "identifier", "status", "code", "subject", "period");
        flag.GetRawText().Split("SUBSETTED").Should().HaveCount(2, "it is told once");
        flag.GetRawText().Should().Contain(Subsetted).And.Contain("\"versionId\"");
        found.Entries("Patient", "include")[0].GetRawText().Should().NotContain(Subsetted).And.Contain("birthDate");
        Names(read.Json).Should().BeEquivalentTo("resourceType", "id", "meta", "status", "code", "subject", "period");
        read.Headers["ETag"].Should().Be("W/\"1\"");
        var xml = await authority.GetAsync($"Flag/{flag.GetProperty("id").GetString()}?_elements=period&_format=xml");
        xml.Text.Should().StartWith("<").And.Contain("SUBSETTED").And.NotContain("<author");
        (await authority.GetAsync($"Flag/{flag.GetProperty("id").GetString()}")).Text.Should().NotContain(Subsetted);
    }

    [Fact]
    public async Task A_summary_is_a_part_and_says_so_also_of_what_anyone_reads()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xmv03", child);
        var authority = await AuthorityAsync;
        var ofChild = "identifier=" + Token(child.NhsNumber.Digits);

        var summary = await authority.GetAsync($"Patient?{ofChild}&_summary=true");
        var text = await authority.GetAsync($"Patient?{ofChild}&_summary=text");
        var whole = await authority.GetAsync($"Patient?{ofChild}&_summary=false");
        var count = await authority.GetAsync($"Patient?{ofChild}&_summary=count");
        var profile = await exchange.Anonymous.GetAsync("StructureDefinition/CPIS-Flag?_summary=true");
        var gone = await authority.GetAsync("Patient/nobody?_summary=true");

        summary.Text.Should().Contain(Subsetted).And.Contain("birthDate");
        Names(text.Entries("Patient")[0]).Should().BeEquivalentTo("resourceType", "id", "meta");
        whole.Text.Should().NotContain(Subsetted);
        count.AllEntries.Should().BeEmpty();
        Names(profile.Json).Should().Contain("url").And.NotContain("snapshot").And.NotContain("differential");
        gone.Status.Should().Be(404);
        gone.Text.Should().NotContain(Subsetted);
        (await exchange.Anonymous.GetAsync("StructureDefinition?_elements=url&_count=1"))
            .Text.Should()
            .Contain(Subsetted)
            .And.NotContain("\"differential\"");
    }

    [Fact]
    public async Task A_part_of_many_pages_is_asked_for_on_each()
    {
        await exchange.UploadAsync("authority-xmv03", exchange.NewChild(), exchange.NewChild(), exchange.NewChild());
        var authority = await AuthorityAsync;

        var first = await authority.GetAsync("Flag?_count=1&_elements=period&_include=Flag:patient");
        var second = await authority.GetAsync(first.Link("next")![exchange.FhirBase.ToString().Length..]);

        second.Entries("Flag")[0].GetRawText().Should().Contain(Subsetted).And.NotContain("\"author\"");
        second.Entries("Patient", "include").Should().ContainSingle();
    }

    [Theory]
    [InlineData("_summary=true")]
    [InlineData("_summary=false")]
    [InlineData("_elements=code")]
    [InlineData("_revinclude=Flag:patient")]
    public async Task A_look_up_takes_none_of_them(string parameter)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xmv03", child);

        var refused = await (await exchange.AsAsync("hareford-ed")).GetAsync(
            $"Flag?patient:identifier={Token(child.NhsNumber.Digits)}&{parameter}"
        );

        refused.Status.Should().Be(400, refused.Text);
        refused.Text.Should().NotContain(Subsetted).And.NotContain("Patient/");
    }

    private static IEnumerable<string> Names(System.Text.Json.JsonElement resource) =>
        resource.EnumerateObject().Select(property => property.Name);

    private static string Token(string number) => $"https://fhir.nhs.uk/Id/nhs-number|{number}";
}
