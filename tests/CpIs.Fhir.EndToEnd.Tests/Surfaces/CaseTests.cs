using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Tests;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.EndToEnd.Tests.Surfaces;

/// <summary>Small inputs that were once answered wrongly or unclearly, with their right answers. All people in them are synthetic.</summary>
public sealed class CaseTests(ThreeSurfaces surfaces) : IClassFixture<ThreeSurfaces>
{
    private static readonly string Folder = Path.Combine(
        Files.Root,
        "tests",
        "CpIs.Fhir.EndToEnd.Tests",
        "Surfaces",
        "Cases"
    );

    [Theory]
    [InlineData("flag-starts-at-2330z-in-summer")]
    [InlineData("uuid-in-capitals")]
    [InlineData("full-url-absolute-and-reference-relative")]
    public async Task Is_taken_on_every_surface(string name)
    {
        var text = await ReadAsync(name);

        ThreeSurfaces.Tool(text, "CPIS-Upload").Should().BeEmpty();
        (await surfaces.ServiceAsync(text, "CPIS-Upload")).Should().BeEmpty();
        (await surfaces.UploadAsync(text)).Should().BeNull();
    }

    [Theory]
    [InlineData(
        "flag-of-another-type",
        "cpis-upload-flag-agrees",
        "entry[2].resource.code",
        "Plan SH-972504-flag-code: Flag.code must equal EpisodeOfCare.type."
    )]
    [InlineData(
        "flag-with-another-start",
        "cpis-upload-flag-agrees",
        "entry[2].resource.period.start",
        "Flag.period.start must equal EpisodeOfCare.period.start. Sent: 20"
    )]
    [InlineData(
        "plan-refers-to-nobody",
        "cpis-upload-references",
        "entry[1].resource.patient.reference",
        "Plan SH-972504-episode-ref-dangling: EpisodeOfCare.patient.reference does not match the fullUrl of any entry of this Bundle."
    )]
    [InlineData(
        "plan-with-another-nhs-number",
        "cpis-upload-references",
        "entry[1].resource.patient.identifier",
        "Plan SH-972504-episode-nhs-other: The NHS number of EpisodeOfCare.patient must be that of the Patient it refers to."
    )]
    [InlineData(
        "nhs-number-with-spaces",
        "cpis-nhs-number",
        "entry[0].resource.identifier[0].value",
        "An NHS number is ten digits without spaces. Sent: one with a space. Take it out."
    )]
    [InlineData(
        "nhs-number-with-no-break-spaces",
        "cpis-nhs-number",
        "entry[0].resource.identifier[0].value",
        "An NHS number is ten digits without spaces. Sent: one with a no-break space (U+00A0). Take it out."
    )]
    [InlineData(
        "nhs-number-with-a-line-feed",
        "cpis-nhs-number",
        "entry[0].resource.identifier[0].value",
        "An NHS number is ten digits without spaces. Sent: one with a line feed. Take it out."
    )]
    [InlineData(
        "nhs-number-as-a-number",
        "fhir-type",
        "entry[0].resource.identifier[0].value",
        "must be a string, in quotes. Sent: a number. Put it in quotes."
    )]
    [InlineData(
        "plan-id-with-a-comma",
        "cpis-own-id",
        "entry[1].resource.identifier[0].value",
        "Not allowed: a comma (,)."
    )]
    [InlineData(
        "if-none-match",
        "fhir-prohibited",
        "entry[0].request.ifNoneMatch",
        "ifNoneMatch is not allowed here: it is not supported in a transaction."
    )]
    public async Task An_upload_is_refused_at_the_element_that_is_meant(
        string name,
        string rule,
        string place,
        string sentence
    )
    {
        var text = await ReadAsync(name);

        var refusal = await surfaces.UploadAsync(text);

        var issue = refusal!.Issues.First(each => each.Rule == rule);
        issue.Expression.Should().Be($"Bundle.{place}");
        issue.Diagnostics.Should().Contain(sentence);
        ThreeSurfaces
            .Places(ThreeSurfaces.Tool(text, "CPIS-Upload"))
            .Should()
            .BeEquivalentTo(
                refusal.Issues.Select(each => new ThreeSurfaces.Told(each.Rule, each.Expression)).Distinct()
            );
        foreach (var told in refusal.Issues)
            told.Diagnostics.Should().NotMatchRegex("(?<![0-9])[0-9]{10}(?![0-9])|999 ?471|\\(\\)|[.]all\\(");
    }

    [Theory]
    [InlineData("plan-with-another-nhs-number")]
    [InlineData("flag-with-another-start")]
    public async Task One_fault_is_told_once_and_nobody_else_is_blamed(string name) =>
        (await surfaces.UploadAsync(await ReadAsync(name)))!.Issues.Should().ContainSingle();

    [Theory]
    [InlineData(
        "managed-by-a-surgery",
        "cpis-authority",
        "Patient.managingOrganization.identifier.value",
        "not a GP practice or another service. Sent: Y12345. Expected: XHF01."
    )]
    [InlineData(
        "no-family-name",
        "fhir-min",
        "Patient.name[0].family",
        "For a person with one name, send that name as family and as given."
    )]
    [InlineData("name-with-a-blank-behind", "cpis-patient-name-trimmed", "Patient.name[0].family", "Remove the space.")]
    [InlineData("given-name-null", "fhir-prohibited", "Patient.name[0].given[0].extension[0]", "Leave extension out.")]
    public async Task A_Patient_is_refused_alone_and_in_an_entry(
        string name,
        string rule,
        string place,
        string sentence
    )
    {
        var patient = JsonNode.Parse(await ReadAsync(name))!;
        var wrapped = new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "transaction",
            ["entry"] = new JsonArray(
                new JsonObject
                {
                    ["fullUrl"] = "urn:uuid:0d2f5b1e-5c0e-4b55-9d1c-6a52c8e7a001",
                    ["resource"] = patient.DeepClone(),
                    ["request"] = new JsonObject
                    {
                        ["method"] = "PUT",
                        ["url"] = $"Patient?identifier={FhirSystems.NhsNumber}|{patient["identifier"]![0]!["value"]}",
                    },
                }
            ),
        };

        var alone = await surfaces.UploadAsync(await ReadAsync(name));
        var inEntry = await surfaces.UploadAsync(System.Text.Encoding.UTF8.GetBytes(wrapped.ToJsonString()));

        alone!.Issues.Should().Contain(issue => issue.Rule == rule && issue.Expression == place);
        var told = inEntry!.Issues.First(issue => issue.Rule == rule);
        told.Expression.Should().Be("Bundle.entry[0].resource" + place["Patient".Length..]);
        told.Diagnostics.Should().Contain(sentence);
    }

    [Theory]
    [InlineData(0, "identifier[0]")]
    [InlineData(1, "identifier[0]")]
    [InlineData(1, "patient.identifier")]
    [InlineData(2, "identifier[0]")]
    [InlineData(2, "subject.identifier")]
    public async Task A_reason_in_place_of_a_value_is_refused_on_every_surface(int entry, string place)
    {
        var bundle = JsonNode.Parse(await ReadAsync("flag-of-another-type"))!;
        JsonNode at = bundle["entry"]![entry]!["resource"]!;
        foreach (var name in place.Split('.'))
            at = name.EndsWith("[0]", StringComparison.Ordinal) ? at[name[..^3]]![0]! : at[name]!;
        at.AsObject().Remove("value");
        at["_value"] = JsonNode.Parse(
            """{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}"""
        );
        var text = System.Text.Encoding.UTF8.GetBytes(bundle.ToJsonString());
        var expected = new ThreeSurfaces.Told(
            "fhir-prohibited",
            $"Bundle.entry[{entry}].resource.{place}.value.extension[0]"
        );

        ThreeSurfaces.Places(ThreeSurfaces.Tool(text, "CPIS-Upload")).Should().Contain(expected);
        ThreeSurfaces.Places(await surfaces.ServiceAsync(text, "CPIS-Upload")).Should().Contain(expected);
        (await surfaces.UploadAsync(text))!
            .Issues.Select(issue => new ThreeSurfaces.Told(issue.Rule, issue.Expression))
            .Should()
            .Contain(expected);
    }

    [Fact]
    public async Task An_unreadable_date_does_not_hide_three_other_faults()
    {
        var bundle = JsonNode.Parse(await ReadAsync("uuid-in-capitals"))!;
        bundle["entry"]![0]!["resource"]!["birthDate"] = "2015-02-30";
        bundle["entry"]![0]!["resource"]!["gender"] = "female";
        bundle["entry"]![1]!["resource"]!["status"] = "planned";
        bundle["entry"]![1]!["resource"]!["managingOrganization"]!["identifier"]!["value"] = "XEL01";

        var refusal = await surfaces.UploadAsync(System.Text.Encoding.UTF8.GetBytes(bundle.ToJsonString()));

        refusal!
            .Issues.Select(issue => issue.Rule)
            .Should()
            .Contain(["fhir-format", "fhir-prohibited", "fhir-binding", "cpis-authority"]);
    }

    private static Task<byte[]> ReadAsync(string name) =>
        File.ReadAllBytesAsync(Path.Combine(Folder, $"{name}.json"), TestContext.Current.CancellationToken);
}
