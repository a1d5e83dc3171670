using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Formats;
using CpIs.Fhir.Core;
using CpIs.Fhir.Synthetic;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>Whoever asks for XML gets in XML what is said in JSON, whether it is good news or bad.</summary>
public sealed class XmlTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string Xml = "application/fhir+xml";

    [Theory]
    [InlineData("metadata", null)]
    [InlineData("StructureDefinition/CPIS-Flag", null)]
    [InlineData("CodeSystem?_count=1", null)]
    [InlineData("Patient?_count=2", "authority-xhf01")]
    [InlineData("Patient/none", "authority-xhf01")]
    [InlineData("Patient?foo=1", "authority-xhf01")]
    [InlineData("Nothing", "authority-xhf01")]
    [InlineData("Patient", null)]
    [InlineData("Organization", "operator")]
    [InlineData("Flag?patient:identifier=1", "hareford-ed")]
    public async Task An_answer_says_the_same_in_both(string path, string? client)
    {
        await exchange.UploadAsync("authority-xhf01", exchange.NewChild());
        var speaker = client is null ? exchange.Anonymous : await exchange.AsAsync(client);

        var json = await speaker.GetAsync(path);
        var xml = await speaker.GetAsync(path, ("Accept", Xml));

        ShouldBeXml(xml, json.Status);
        Comparable(ToJson(xml)).Should().Be(Comparable(JsonNode.Parse(json.Text)!));
    }

    [Theory]
    [InlineData("application/fhir+xml", Xml)]
    [InlineData("application/xml", Xml)]
    [InlineData("text/xml", Xml)]
    [InlineData("application/fhir+xml;fhirVersion=4.0", Xml)]
    [InlineData("application/fhir+json, application/fhir+xml", "application/fhir+json")]
    [InlineData("application/fhir+xml, application/fhir+json", Xml)]
    [InlineData("application/fhir+json;q=0.5, application/fhir+xml", Xml)]
    [InlineData("application/fhir+xml;q=0.5, */*", "application/fhir+json")]
    [InlineData("application/fhir+xml;q=0, */*;q=0.1", "application/fhir+json")]
    [InlineData("application/fhir+xml;fhirVersion=3.0, application/*;q=0.1", "application/fhir+json")]
    [InlineData("text/html, */*;q=0.1", "application/fhir+json")]
    public async Task The_Accept_header_decides_by_its_weights(string accept, string type)
    {
        var answer = await exchange.Anonymous.GetAsync("metadata", ("Accept", accept));

        answer.Status.Should().Be(200, answer.Text);
        answer.Headers["Content-Type"].Should().Be(type + "; charset=utf-8");
        answer.Headers["Vary"].Should().Contain("Accept");
    }

    [Theory]
    [InlineData("xml")]
    [InlineData("text/xml")]
    [InlineData("application/fhir%2Bxml")]
    [InlineData("application/fhir+xml")]
    public async Task The_parameter_goes_before_the_header_and_pretty_is_for_XML_too(string format)
    {
        var answer = await exchange.Anonymous.GetAsync(
            $"metadata?_format={format}&_pretty=true",
            ("Accept", "text/html")
        );

        ShouldBeXml(answer, 200);
        answer.Text.Should().Contain("\n  <");
    }

    [Fact]
    public async Task A_cache_does_not_take_one_for_the_other()
    {
        const string Path = "StructureDefinition/CPIS-Flag";
        var json = (await exchange.Anonymous.GetAsync(Path)).Headers["ETag"];
        var xml = (await exchange.Anonymous.GetAsync(Path, ("Accept", Xml))).Headers["ETag"];

        xml.Should().NotBe(json);
        (await exchange.Anonymous.GetAsync(Path, ("Accept", Xml), ("If-None-Match", json))).Status.Should().Be(200);
        (await exchange.Anonymous.GetAsync(Path, ("Accept", Xml), ("If-None-Match", xml))).Status.Should().Be(304);
    }

    [Fact]
    public async Task An_upload_in_XML_is_the_same_upload()
    {
        var authority = await exchange.AsAsync("authority-xhf01");
        var bundle = SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [exchange.NewChild()]);

        var created = await PostXmlAsync(authority, "", JsonResource.ToXml(bundle, isPretty: true));
        var again = await authority.PostAsync("", bundle);

        created.Status.Should().Be(200, created.Text);
        again.Status.Should().Be(200, again.Text);
        again.Text.Should().Contain("\"200").And.NotContain("\"201", "the JSON changes nothing");
    }

    [Theory]
    [InlineData("<Bundle xmlns='http://hl7.org/fhir'><type value='transaction'/>", 400)]
    [InlineData("<!DOCTYPE a><Bundle xmlns='http://hl7.org/fhir'/>", 400)]
    [InlineData("<Bundle xmlns='http://hl7.org/fhir'><type value='transaction'/><entry/></Bundle>", 400)]
    [InlineData("<?xml version='1.0' encoding='ISO-8859-1'?><Bundle xmlns='http://hl7.org/fhir'/>", 400)]
    [InlineData("<Flag xmlns='http://hl7.org/fhir'/>", 422)]
    public async Task What_is_wrong_in_XML_is_refused_and_nothing_fails(string xml, int status)
    {
        var answer = await PostXmlAsync(await exchange.AsAsync("authority-xhf01"), "", Encoding.UTF8.GetBytes(xml));

        answer.Status.Should().Be(status, answer.Text);
        answer.Issue.Diagnostics.Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_look_up_in_XML_is_on_record_and_a_failing_one_says_so()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var setting = await exchange.AsAsync("hareford-ed");
        var body = JsonResource.ToXml(Encoding.UTF8.GetBytes(Speaker.Parameters(child.NhsNumber.Digits)), false);

        var answer = await PostXmlAsync(setting, "Patient/$child-protection", body, ("Accept", Xml));
        var broken = await PostXmlAsync(setting, "Patient/$child-protection", "<Parameters/>"u8.ToArray());

        ShouldBeXml(answer, 200);
        answer.Text.Should().Contain("PLAN HELD for ");
        (await exchange.OccurrenceOfAsync(answer)).Shown.Should().ContainSingle();
        broken.Status.Should().Be(400, broken.Text);
        (await exchange.OccurrenceOfAsync(broken)).Shown.Should().BeEmpty();
    }

    private static async Task<Answer> PostXmlAsync(
        Speaker speaker,
        string path,
        ReadOnlyMemory<byte> xml,
        params (string Name, string Value)[] headers
    )
    {
        using var content = new ReadOnlyMemoryContent(xml)
        {
            Headers = { ContentType = MediaTypeHeaderValue.Parse(Xml) },
        };
        return await speaker.SendAsync(HttpMethod.Post, path, content, headers);
    }

    private static void ShouldBeXml(Answer answer, int status)
    {
        answer.Status.Should().Be(status, answer.Text);
        answer.Headers["Content-Type"].Should().Be(Xml + "; charset=utf-8");
        FhirXmlDeserializer.STRICT.TryDeserializeResource(answer.Text, out _, out var problems);
        problems.Should().BeEmpty(answer.Text);
    }

    private static JsonNode ToJson(Answer xml) =>
        JsonNode.Parse(
            FhirJsonSerializer.Default.SerializeToString(FhirXmlDeserializer.STRICT.DeserializeResource(xml.Text))
        )!;

    /// <summary>Without what differs from one answer to the next, in one order of members.</summary>
    private static string Comparable(JsonNode resource)
    {
        if (resource["resourceType"]!.GetValue<string>() == "Bundle")
        {
            resource["id"] = null;
            resource["meta"] = null;
            resource["timestamp"] = null;
            resource["link"] = null;
        }

        return Sorted(resource)!.ToJsonString();
    }

    private static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject members => new JsonObject(
                members
                    .OrderBy(member => member.Key, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))
            ),
            JsonArray items => new JsonArray([.. items.Select(Sorted)]),
            _ => node?.DeepClone(),
        };
}
