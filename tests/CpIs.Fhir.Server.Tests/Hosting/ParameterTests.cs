using System.Text.Json;
using CpIs.Fhir.Conformance.Capabilities;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>Every type that is searched takes the same parameters and refuses the same, since one reader reads them all.</summary>
public sealed class ParameterTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string Number = "https://fhir.nhs.uk/Id/nhs-number|9990000018";

    public static TheoryData<string> Types =>
        [.. CapabilityTable.Resources.Where(r => r.Interactions.Contains("search-type")).Select(r => r.Type)];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Every_searchable_type_takes_the_same_parameters(string type)
    {
        var authority = await SpeakerOf(type);
        var total = (await authority.GetAsync($"{type}?_total=accurate")).Total;
        foreach (
            var query in new[]
            {
                "_format=json",
                "_format=application/json",
                "_format=application/fhir%2Bjson",
                "_format=application/fhir+json",
                "_format=text/json",
                "_pretty=true",
                "_pretty=false",
                "_count=0",
                "_count=1",
                "_count=99999999999",
                "_sort=_lastUpdated",
                "_sort=-_lastUpdated",
                "_total=none",
                "_total=estimate",
                "_summary=count",
                "_summary=false",
                "_summary=true",
                "_summary=text",
                "_summary=data",
                "_elements=id,meta",
                "_elements=id&_summary=false",
                "_id=nobody",
                "_id=nobody&_id=a,b",
                "_lastUpdated=ge2020-01-01&_lastUpdated=le2099",
                "_lastUpdated=ne2020-01-01T00:00:00Z",
            }
        )
        {
            var answer = await authority.GetAsync($"{type}?{query}");

            answer.Status.Should().Be(200, $"{type}?{query}: {answer.Text}");
            answer.Json.GetProperty("type").GetString().Should().Be("searchset");
            if (
                !query.StartsWith("_id", StringComparison.Ordinal)
                && !query.StartsWith("_last", StringComparison.Ordinal)
            )
                answer.Total.Should().Be(total, query);
            if (query is "_count=0" or "_summary=count")
                answer.AllEntries.Should().BeEmpty();
            answer.Text.StartsWith("{\n  \"", StringComparison.Ordinal).Should().Be(query == "_pretty=true", query);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Every_searchable_type_refuses_the_same_and_names_the_parameter(string type)
    {
        var authority = await SpeakerOf(type);
        foreach (
            var (query, name, status) in new[]
            {
                ("foo=1", "foo", 400),
                ("foo:exact=1", "foo:exact", 400),
                ("_elements=nose", "_elements", 400),
                ("_elements=id&_summary=true", "_elements", 400),
                ("_count=-1", "_count", 400),
                ("_count=ten", "_count", 400),
                ("_count=1.5", "_count", 400),
                ("_count=", "_count", 400),
                ("_count=1&_count=2", "_count", 400),
                ("_sort=foo", "_sort", 400),
                ("_sort=_lastUpdated&_sort=_lastUpdated", "_sort", 400),
                ("_total=all", "_total", 400),
                ("_total=none&_total=none", "_total", 400),
                ("_summary=short", "_summary", 400),
                ("_summary=count&_summary=count", "_summary", 400),
                ("_pretty=yes", "_pretty", 400),
                ("_pretty=true&_pretty=true", "_pretty", 400),
                ("_format=json&_format=json", "_format", 400),
                ("_format=ttl", "_format", 406),
                ("_id=a,,b", "_id", 400),
                ("_id:exact=a", "_id:exact", 400),
                ("_lastUpdated=soon", "_lastUpdated", 400),
                ("_lastUpdated=zz2020", "_lastUpdated", 400),
            }
        )
        {
            var answer = await authority.GetAsync($"{type}?{query}");

            answer.Status.Should().Be(status, $"{type}?{query}: {answer.Text}");
            answer.Issue.Expression.Should().Be(name, $"{type}?{query}");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task What_the_statement_lists_is_what_a_search_takes(string type)
    {
        var refused = await (await SpeakerOf(type)).GetAsync($"{type}?foo=1");
        refused
            .Issue.Diagnostics.Should()
            .StartWith($"'foo' is not a supported search parameter for {type}. Supported: ");
        refused.Issue.Spine.Should().Be("INVALID_SEARCH_DATA");
        var taken = refused
            .Issue.Diagnostics.Split("Supported: ")[1]
            .TrimEnd('.')
            .Split(", ")
            .Select(name => name.Split(':')[0])
            .Distinct()
            .Except([
                "_count",
                "_elements",
                "_format",
                "_include",
                "_pretty",
                "_revinclude",
                "_sort",
                "_summary",
                "_total",
            ]);

        var listed = (await exchange.Anonymous.GetAsync("metadata"))
            .Json.GetProperty("rest")[0]
            .GetProperty("resource")
            .EnumerateArray()
            .Single(resource => resource.GetProperty("type").GetString() == type)
            .GetProperty("searchParam")
            .EnumerateArray()
            .Select(parameter => parameter.GetProperty("name").GetString());

        taken.Should().BeEquivalentTo(listed);
    }

    [Theory]
    [InlineData("Patient/none")]
    [InlineData("EpisodeOfCare/none")]
    [InlineData("Flag/none/_history/1")]
    [InlineData("Organization/none")]
    [InlineData("AuditEvent/none")]
    [InlineData("Subscription/none")]
    [InlineData("Subscription/none/_history/1")]
    [InlineData("StructureDefinition/CPIS-Flag")]
    [InlineData("metadata")]
    public async Task A_read_takes_only_how_its_answer_is_to_look(string path)
    {
        var authority = await exchange.AsAsync("authority-xmv03");
        var plain = await authority.GetAsync(path);

        (await authority.GetAsync(path + "?_format=json&_pretty=true")).Status.Should().Be(plain.Status);
        (await authority.GetAsync(path + "?_format=ttl")).Status.Should().Be(406);
        foreach (var name in new[] { "foo", "_count", "_summary", "_elements" })
        {
            var refused = await authority.GetAsync($"{path}?{name}=1");
            refused.Status.Should().Be(400, $"{path}?{name}: {refused.Text}");
            refused.Issue.Expression.Should().Be(name);
            if (name is "foo" or "_count")
                refused
                    .Issue.Diagnostics.Should()
                    .EndWith(
                        path == "metadata"
                            ? "Supported: _elements, _format, _pretty, _summary, mode."
                            : "Supported: _elements, _format, _pretty, _summary."
                    );
        }
    }

    [Fact]
    public async Task Pretty_changes_the_layout_and_nothing_else()
    {
        var authority = await exchange.AsAsync("authority-xmv03");
        await exchange.UploadAsync(
            "authority-xmv03",
            exchange.NewChild() with
            {
                Family = "Zieli\u0144ska-O\u2019Dea",
            }
        );

        var one = await authority.GetAsync("Patient?family=Zielinska&_count=1&_pretty=false");
        var pretty = await authority.PostFormAsync(
            "Patient/_search",
            [new("family", "Zielinska"), new("_pretty", "true")]
        );

        pretty.Text.Should().Contain("\n  \"type\"").And.Contain("Zieli\u0144ska-O\u2019Dea");
        JsonElement.DeepEquals(one.Entries("Patient")[0], pretty.Entries("Patient")[0]).Should().BeTrue();
    }

    [Theory]
    [InlineData("family=O'Dowd")]
    [InlineData("family=O%E2%80%99Dowd")]
    [InlineData("family=odowd")]
    [InlineData("given=Anna%C2%A0Maria")]
    [InlineData("given=Anna%20%20Maria")]
    public async Task Punctuation_and_blanks_make_no_difference_to_a_name(string query)
    {
        var child = exchange.NewChild() with { Family = "O\u2019Dowd", Given = ["Anna Maria"] };
        await exchange.UploadAsync("authority-xmv03", child);

        var found = await (await exchange.AsAsync("authority-xmv03")).GetAsync(
            $"Patient?identifier={child.NhsNumber.Digits}&{query}"
        );

        found.Total.Should().Be(1, found.Text);
    }

    [Fact]
    public async Task An_instant_does_not_equal_a_day()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xmv03", child);
        var authority = await exchange.AsAsync("authority-xmv03");

        async Task<long> Total(string value) =>
            (await authority.GetAsync($"Patient?identifier={child.NhsNumber.Digits}&birthdate={value}")).Total;

        (await Total($"{child.BirthDate:yyyy-MM-dd}T12:30:00Z")).Should().Be(0);
        (await Total($"ap{child.BirthDate:yyyy-MM-dd}T12:30:00Z")).Should().Be(1);
        (await Total($"{child.BirthDate:yyyy-MM-dd}")).Should().Be(1);
        (await Total($"ne{child.BirthDate:yyyy-MM-dd}")).Should().Be(0);
    }

    [Fact]
    public async Task A_look_up_takes_what_the_setting_knows_of_the_child()
    {
        var child = exchange.NewChild(exchange.Plan());
        await exchange.UploadAsync("authority-xhf01", child);
        var setting = await exchange.AsAsync("hareford-ed");
        var number = Number.Replace("9990000018", child.NhsNumber.Digits, StringComparison.Ordinal);

        foreach (
            var path in new[]
            {
                $"Flag?patient:identifier={number}&birthdate={child.BirthDate:yyyy-MM-dd}&family=Someone+Else",
                $"EpisodeOfCare?patient:identifier={number}&_include=EpisodeOfCare:patient&family=x",
                $"Patient/$child-protection?nhsNumber={child.NhsNumber.Digits}&birthdate=1999-01-01&_pretty=true",
            }
        )
        {
            var answer = await setting.GetAsync(path);
            answer.Status.Should().Be(200, answer.Text);
            answer.Total.Should().Be(1, "a difference never hides a plan");
        }

        (await setting.GetAsync($"EpisodeOfCare?patient:identifier={number}&_include=EpisodeOfCare:patient"))
            .Entries("Patient", "include")
            .Should()
            .ContainSingle();
    }

    [Fact]
    public async Task The_format_in_the_URL_goes_before_the_Accept_header()
    {
        var answer = await (await exchange.AsAsync("authority-xmv03")).GetAsync(
            "Patient?_format=json&_count=0",
            ("Accept", "text/html")
        );

        answer.Status.Should().Be(200, answer.Text);
    }

    private Task<Speaker> SpeakerOf(string type) =>
        exchange.AsAsync(type == "Organization" ? "operator" : "authority-xmv03");
}
