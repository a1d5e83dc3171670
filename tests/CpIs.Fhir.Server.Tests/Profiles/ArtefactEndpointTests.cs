using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Server.Tests.Hosting;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Task = System.Threading.Tasks.Task;

namespace CpIs.Fhir.Server.Tests.Profiles;

/// <summary>Profiles and what belongs to them, read and searched by anyone.</summary>
public sealed class ArtefactEndpointTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string Flag = "https://fhir.cpis.example/StructureDefinition/CPIS-Flag";

    public static TheoryData<string> Published =>
        [.. OwnDefinitions.Names().Where(name => ArtefactParameters.Types.Contains(name.Split('-')[0]))];

    [Theory]
    [MemberData(nameof(Published))]
    public async Task Each_artefact_is_read_by_its_id_and_found_by_its_canonical_as_it_was_published(string file)
    {
        var published = OwnDefinitions.Read(file).ToArray();
        using var document = JsonDocument.Parse(published);
        var (type, id) = (document.RootElement.Text("resourceType")!, document.RootElement.Text("id")!);

        var read = await exchange.Anonymous.GetAsync($"{type}/{id}");

        read.Status.Should().Be(200, read.Text);
        read.Bytes.Should().Equal(published);
        read.Headers["Content-Type"].Should().StartWith("application/fhir+json");
        if (document.RootElement.Text("url") is not { } url)
            return;
        var found = await exchange.Anonymous.GetAsync($"{type}?url={Uri.EscapeDataString(url)}");
        found.Status.Should().Be(200, found.Text);
        found.Total.Should().Be(1);
        var entry = found.AllEntries.Should().ContainSingle().Subject;
        entry.GetProperty("fullUrl").GetString().Should().Be(new Uri(exchange.FhirBase, $"{type}/{id}").ToString());
        entry.GetProperty("resource").GetProperty("id").GetString().Should().Be(id);
    }

    [Theory]
    [InlineData("StructureDefinition?url=" + Flag + "&version=0.3.0", 1)]
    [InlineData("StructureDefinition?url=" + Flag + "&version=0.1.0", 0)]
    [InlineData("StructureDefinition?type=Organization&derivation=constraint", 2)]
    [InlineData("StructureDefinition?type=Extension,Flag", 11)]
    [InlineData("StructureDefinition?base=http://hl7.org/fhir/StructureDefinition/Bundle", 5)]
    [InlineData("StructureDefinition?_id=CPIS-Flag,CPIS-Patient,none", 2)]
    [InlineData("StructureDefinition?name=cpisflag", 1)]
    [InlineData("StructureDefinition?name=flag", 0)]
    [InlineData("StructureDefinition?name:contains=flag", 2)]
    [InlineData("StructureDefinition?name:exact=cpisflag", 0)]
    [InlineData("StructureDefinition?status=active", 0)]
    [InlineData("ValueSet?reference=http://snomed.info/sct", 1)]
    [InlineData("ValueSet?code=342191000000101", 1)]
    [InlineData("CodeSystem?system=https://fhir.cpis.example/CodeSystem/rule&content-mode=fragment", 1)]
    [InlineData("CodeSystem?code=scheduled", 1)]
    [InlineData("SearchParameter?base=Flag&code=code&type=token", 1)]
    [InlineData("OperationDefinition?code=validate", 1)]
    [InlineData("CapabilityStatement?title=CP-IS server", 1)]
    [InlineData("Basic?code=SubscriptionTopic", 4)]
    [InlineData("Basic?code=http://hl7.org/fhir/fhir-types|SubscriptionTopic,x", 4)]
    [InlineData("Basic?code=http://hl7.org/fhir/fhir-types|", 4)]
    [InlineData("Basic?code=http://hl7.org/fhir/fhir-types|SubscriptionTopic&_id=record-accessed", 1)]
    [InlineData("Basic?code=http://hl7.org/fhir/fhir-types|Topic", 0)]
    [InlineData("Basic?code=http://example.org|SubscriptionTopic", 0)]
    [InlineData("Basic?code=|SubscriptionTopic", 0)]
    [InlineData("NamingSystem?value=https://fhir.nhs.uk/Id/nhs-number", 1)]
    [InlineData("ImplementationGuide?_format=json&_sort=-_lastUpdated&_total=accurate", 1)]
    [InlineData("ImplementationGuide?_lastUpdated=ge2020", 0)] // no artefact says when it was updated
    public async Task A_search_finds_what_R4_says_that_it_finds(string search, int total)
    {
        var found = await exchange.Anonymous.GetAsync(search);

        found.Status.Should().Be(200, found.Text);
        found.Total.Should().Be(total);
        found.AllEntries.Should().HaveCount(total);
        FhirJsonDeserializer.STRICT.DeserializeResource(found.Text).Should().BeOfType<Bundle>();
    }

    [Theory]
    [InlineData("StructureDefinition?colour=red", "colour")]
    [InlineData("StructureDefinition?url:below=https://fhir.cpis.example", "url:below")]
    [InlineData("StructureDefinition?url=", "url")]
    [InlineData("StructureDefinition?status=http://hl7.org/fhir/publication-status|draft", "status")]
    [InlineData("StructureDefinition?_count=-1", "_count")]
    [InlineData("StructureDefinition?_count=1&_count=2", "_count")]
    [InlineData("StructureDefinition?_elements=colour", "_elements")]
    [InlineData("SearchParameter?title=x", "title")]
    [InlineData("NamingSystem?url=x", "url")]
    [InlineData("Basic?topic=x", "topic")]
    public async Task What_is_not_understood_is_refused_with_its_name(string search, string parameter)
    {
        var answer = await exchange.Anonymous.GetAsync(search);

        answer.Status.Should().Be(400, answer.Text);
        answer.Issue.Expression.Should().Be(parameter);
        answer.Issue.Diagnostics.Should().Contain(parameter);
    }

    [Fact]
    public async Task Pages_lead_to_each_artefact_once_also_when_asked_by_a_form()
    {
        var first = await exchange.Anonymous.PostFormAsync(
            "StructureDefinition/_search",
            [new("_count", "5"), new("derivation", "constraint")]
        );
        var (answer, seen) = (first, new List<string?>());
        while (true)
        {
            answer.Status.Should().Be(200, answer.Text);
            seen.AddRange(answer.Entries("StructureDefinition").Select(e => e.GetProperty("id").GetString()));
            if (answer.Link("next") is not { } next)
                break;
            answer = await exchange.Anonymous.GetAsync(next);
        }

        seen.Should().OnlyHaveUniqueItems().And.HaveCount((int)first.Total).And.HaveCountGreaterThan(10);
        var total = await exchange.Anonymous.GetAsync("StructureDefinition?_count=0");
        total.Total.Should().Be(first.Total);
        total.AllEntries.Should().BeEmpty();
        total.Link("next").Should().BeNull();
    }

    [Theory]
    [InlineData("StructureDefinition/CPIS-Nothing", 404)]
    [InlineData("CodeSystem/CPIS-Flag", 404)]
    [InlineData("StructureDefinition/CPIS-Flag/_history", 401)]
    public async Task What_is_not_there_is_not_found_and_nothing_else_is_opened(string path, int status) =>
        (await exchange.Anonymous.GetAsync(path)).Status.Should().Be(status);

    [Theory]
    [InlineData("POST", "StructureDefinition")]
    [InlineData("PUT", "StructureDefinition/CPIS-Flag")]
    [InlineData("DELETE", "StructureDefinition/CPIS-Flag")]
    public async Task Nobody_writes_an_artefact(string method, string path)
    {
        var answer = await exchange.Anonymous.SendAsync(
            new HttpMethod(method),
            path,
            new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = new("application/fhir+json") } }
        );
        var asOperator = await (await exchange.AsAsync("operator")).SendAsync(new HttpMethod(method), path, null);

        answer.Status.Should().BeOneOf(401, 405);
        asOperator.Status.Should().Be(405, asOperator.Text);
    }

    [Fact]
    public async Task Who_has_an_artefact_already_is_told_so_and_a_cache_may_keep_it()
    {
        var read = await exchange.Anonymous.GetAsync("StructureDefinition/CPIS-Flag");
        read.Headers["Cache-Control"].Should().Be("public, max-age=300");

        var again = await exchange.Anonymous.GetAsync(
            "StructureDefinition/CPIS-Flag",
            ("If-None-Match", read.Headers["ETag"])
        );
        again.Status.Should().Be(304);
        again.Bytes.Should().BeEmpty();
        (await exchange.Anonymous.GetAsync("StructureDefinition/CPIS-Flag", ("If-None-Match", "\"other\"")))
            .Status.Should()
            .Be(200);
        (await exchange.Anonymous.GetAsync("StructureDefinition/none"))
            .Headers["Cache-Control"]
            .Should()
            .Be("no-store");
    }

    [Fact]
    public async Task An_answer_in_no_form_of_FHIR_is_not_given() =>
        (await exchange.Anonymous.GetAsync("StructureDefinition/CPIS-Flag", ("Accept", "application/fhir+turtle")))
            .Status.Should()
            .Be(406);
}
