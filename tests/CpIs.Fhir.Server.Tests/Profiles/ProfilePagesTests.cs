using System.Text.RegularExpressions;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Server.Profiles;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Profiles;

/// <summary>The pages of <c>/profiles</c> as they go over the wire; <c>CpIs.Fhir.EndToEnd.Tests</c> sees them in a browser.</summary>
public sealed partial class ProfilePagesTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task Every_link_on_every_page_leads_somewhere_and_every_artefact_and_example_is_reached()
    {
        var site = await Site.CrawlAsync(exchange.Anonymous, "/profiles");

        site.Visited.Where(visit => visit.Value.Status != 200).Select(visit => visit.Key).Should().BeEmpty();
        site.LinksToNoPlace.Should().BeEmpty();
        site.Elsewhere.Should()
            .OnlyContain(address => address.StartsWith("http://hl7.org/fhir/R4/", StringComparison.Ordinal));
        var artefacts = ArtefactSet.Own();
        site.Visited.Keys.Should()
            .Contain(artefacts.All.Select(ArtefactLinks.Page))
            .And.Contain(artefacts.All.Select(ArtefactLinks.Json))
            .And.Contain(new ExampleLibrary(artefacts).All.Select(ArtefactLinks.Page));
        foreach (var (path, page) in site.Pages)
        {
            page.Text.Should().NotContain("<script").And.NotContain("style=").And.NotContain("System.", path);
            Regex.Count(page.Text, "<h1").Should().Be(1, path);
            Regex.Count(page.Text, "<table").Should().Be(Regex.Count(page.Text, "<caption"), path);
            Site.Places(page.Text).Should().OnlyHaveUniqueItems(path);
            Titles().Match(page.Text).Groups[1].Value.Should().NotBeEmpty(path);
        }

        site.Pages.Select(page => Titles().Match(page.Value.Text).Value)
            .Should()
            .OnlyHaveUniqueItems("a person tells the pages apart by their titles");
    }

    [Fact]
    public async Task A_page_is_kept_by_caches_runs_no_script_and_fetches_nothing_from_elsewhere()
    {
        var page = await exchange.Anonymous.GetAsync("/profiles/StructureDefinition/CPIS-Flag");

        page.Headers["Content-Type"].Should().Be("text/html; charset=utf-8");
        page.Headers["Content-Security-Policy"]
            .Should()
            .Contain("default-src 'none'")
            .And.Contain("frame-ancestors 'none'")
            .And.NotContain("unsafe");
        page.Headers["Cache-Control"].Should().Be("public, max-age=300");
        var again = await exchange.Anonymous.GetAsync(
            "/profiles/StructureDefinition/CPIS-Flag",
            ("If-None-Match", page.Headers["ETag"])
        );
        again.Status.Should().Be(304);
    }

    [Fact]
    public async Task Each_element_of_a_profile_is_on_its_page_with_its_reason()
    {
        foreach (var profile in ArtefactSet.Own().OfType("StructureDefinition"))
        {
            var text = Decoded(await exchange.Anonymous.GetAsync(ArtefactLinks.Page(profile)));
            foreach (var element in profile.Read().GetProperty("differential").Items("element").Skip(1))
            {
                text.Should().Contain(element.Text("id")!);
                if (element.Text("comment") is { } comment)
                    text.Should().Contain(comment[(comment.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
                foreach (var rule in element.Items("constraint"))
                    text.Should().Contain(rule.Text("human")!).And.Contain(rule.Text("expression")!);
            }
        }
    }

    [Fact]
    public async Task The_page_of_the_flag_tells_how_it_differs_from_R4()
    {
        var text = Decoded(await exchange.Anonymous.GetAsync("/profiles/StructureDefinition/CPIS-Flag"));

        Row(text, "Flag.identifier", "Cardinality").Should().Equal("0..*", "1..1");
        Row(text, "Flag.subject", "Type")[0].Should().Contain("Practitioner");
        Row(text, "Flag.subject", "Type")[1].Should().Be("Reference(Patient)");
        Row(text, "Flag.extension:flagDetail", "Slice").Should().Equal("-", "flagDetail, 1..1");
        Row(text, "Flag.extension", "Slices")
            .Should()
            .Equal("by value of url, others are allowed", "by value of url, no others");
        Row(text, "Flag.code", "Binding")[1].Should().StartWith("https://fhir.cpis.example/ValueSet/plan-type");
        Row(text, "Flag.category", "Pattern")[1].Should().Contain("safety");
        text.Should().Contain("Flag.encounter", "what is prohibited is told too");
    }

    [Fact]
    public async Task A_bad_example_is_shown_with_the_rule_that_it_breaks_at_its_line()
    {
        var text = Decoded(
            await exchange.Anonymous.GetAsync("/profiles/examples/bad/CPIS-Flag/fhir-binding-status-finished")
        );

        text.Should().Contain("1 error").And.Contain("fhir-binding");
        Regex.Count(text, "class=\"cpis-marked\"").Should().Be(1);
        Decoded(await exchange.Anonymous.GetAsync("/profiles/examples/good/Flag-cpp-0001"))
            .Should()
            .Contain("No errors")
            .And.NotContain("cpis-marked");
    }

    [Theory]
    [InlineData("/profiles/StructureDefinition/none")]
    [InlineData("/profiles/StructureDefinition/%3Cscript%3E")]
    [InlineData("/profiles/examples/bad/../../secret")]
    [InlineData("/profiles/examples/good/Flag-cpp-0001.xml")]
    [InlineData("/profiles/other-1.0.0.tgz")]
    public async Task What_is_not_there_is_a_page_that_says_so_and_is_not_kept(string path)
    {
        var page = await exchange.Anonymous.GetAsync(path);

        page.Status.Should().Be(404);
        page.Headers["Content-Type"].Should().StartWith("text/html");
        page.Headers["Cache-Control"].Should().Be("no-store");
        page.Text.Should().Contain("Page not found").And.NotContain("script");
    }

    [Fact]
    public void Each_artefact_stands_once_on_the_index()
    {
        var artefacts = ArtefactSet.Own();

        Journeys.Of(artefacts).SelectMany(group => group.Artefacts).Should().BeEquivalentTo(artefacts.All);
        Journeys.Of(artefacts).Should().NotContain(group => group.Name == "Others" || group.Name == "Further profiles");
    }

    [Fact]
    public void What_an_artefact_says_is_never_taken_for_markup()
    {
        const string hostile = "<img src=x onerror=alert(1)>";
        var artefact = Artefact.Of(() =>
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    resourceType = "CodeSystem",
                    id = "x",
                    url = hostile,
                    name = hostile,
                    title = hostile,
                    description = hostile,
                    concept = new[]
                    {
                        new
                        {
                            code = "\"><b>",
                            display = hostile,
                            definition = hostile,
                        },
                    },
                }
            )
        );

        CodeSystemPage.Of(artefact).Markup.Should().NotContain("<img").And.NotContain("<b>").And.Contain("&lt;img");
    }

    private static string Decoded(Answer page)
    {
        page.Status.Should().Be(200);
        return System.Net.WebUtility.HtmlDecode(page.Text);
    }

    // The cells of a row of the table of differences: in R4, and here.
    private static string[] Row(string page, string element, string what)
    {
        var differences = page[page.IndexOf("id=\"differences\"", StringComparison.Ordinal)..];
        var cells = Cells()
            .Matches(differences)
            .Select(match => Tags().Replace(match.Groups[1].Value, "").Trim())
            .Chunk(4)
            .Single(row => row[0] == element && row[1] == what);
        return cells[2..];
    }

    [GeneratedRegex("<title>(.*?)</title>")]
    private static partial Regex Titles();

    [GeneratedRegex(
        "<t[hd] role=\"(?:row|)(?:header|cell)\"[^>]*><span[^>]*>[^<]*</span>(.*?)</t[hd]>",
        RegexOptions.Singleline
    )]
    private static partial Regex Cells();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();
}
