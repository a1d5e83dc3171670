using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>Each row breaks one rule of an upload that is right otherwise; the answer names the place and the rule.</summary>
public sealed class UploadRulesTests(SharedUploads uploads) : IClassFixture<SharedUploads>
{
    private const string At0 = "Bundle.entry[0].resource.";
    private const string At1 = "Bundle.entry[1].resource.";

    public static TheoryData<string, string?, string, string> BrokenPatients =>
        new()
        {
            { "resource.identifier.0.value", "\"9990000019\"", "cpis-nhs-number", At0 + "identifier[0].value" },
            { "resource.identifier.0.value", "\"999000001\"", "cpis-nhs-number", At0 + "identifier[0].value" },
            { "resource.identifier.0.value", "\"999 000 0018\"", "cpis-nhs-number", At0 + "identifier[0].value" },
            { "resource.identifier.0.value", null, "fhir-min", At0 + "identifier[0].value" },
            { "resource.identifier.0.use", "\"official\"", "fhir-prohibited", At0 + "identifier[0].use" },
            { "resource.identifier.1.system", "\"https://x.example\"", "cpis-patient-local-id", At0 + "identifier[1]" },
            { "resource.identifier.1.value", "\"a b\"", "cpis-patient-local-id", At0 + "identifier[1]" },
            { "resource.name", null, "fhir-min", At0 + "name" },
            { "resource.name.0.family", null, "fhir-min", At0 + "name[0].family" },
            { "resource.name.0.given", null, "fhir-min", At0 + "name[0].given" },
            { "resource.name.0.family", "\" Fernwood\"", "cpis-patient-name-trimmed", At0 + "name[0].family" },
            { "resource.name.0.family", "\"Fern\\twood\"", "cpis-patient-name-one-line", At0 + "name[0].family" },
            { "resource.name.0.family", "\"Fern\\u202Ewood\"", "cpis-patient-name-one-line", At0 + "name[0].family" },
            { "resource.name.0.given", "[\"Wr\\u2066en\"]", "cpis-patient-name-one-line", At0 + "name[0].given[0]" },
            { "resource.name.0.use", "\"official\"", "fhir-prohibited", At0 + "name[0].use" },
            { "resource.name.0.prefix", "[\"Mx\"]", "fhir-prohibited", At0 + "name[0].prefix[0]" },
            { "resource.birthDate", null, "fhir-min", At0 + "birthDate" },
            { "resource.birthDate", "\"2019-04\"", "cpis-birth-date-day", At0 + "birthDate" },
            { "resource.birthDate", "\"2026-11-24\"", "cpis-patient-birth-date", At0 + "birthDate" },
            { "resource.birthDate", "\"2030-04-23\"", "cpis-patient-birth-date", At0 + "birthDate" },
            { "resource.birthDate", "\"9999-12-31\"", "cpis-patient-birth-date", At0 + "birthDate" },
            { "resource.birthDate", "\"0001-01-01\"", "cpis-birth-date-day", At0 + "birthDate" },
            { "resource.gender", "\"other\"", "fhir-prohibited", At0 + "gender" },
            { "resource.active", "true", "fhir-prohibited", At0 + "active" },
            { "resource.address", "[{\"city\":\"Hertford\"}]", "fhir-prohibited", At0 + "address[0]" },
            { "resource.deceasedBoolean", "false", "fhir-prohibited", At0 + "deceasedBoolean" },
            { "resource.language", "\"en\"", "fhir-prohibited", At0 + "language" },
            {
                "resource.text",
                """{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}""",
                "fhir-prohibited",
                At0 + "text"
            },
            {
                "resource.contained",
                """[{"resourceType":"Organization","name":"x"}]""",
                "fhir-prohibited",
                At0 + "contained[0]"
            },
            {
                "resource.extension",
                """[{"url":"http://x.example","valueCode":"x"}]""",
                "fhir-prohibited",
                At0 + "extension[0]"
            },
            {
                "resource.modifierExtension",
                """[{"url":"http://x.example","valueCode":"x"}]""",
                "fhir-prohibited",
                At0 + "modifierExtension[0]"
            },
            {
                "resource._birthDate",
                """{"extension":[{"url":"http://x.example","valueCode":"x"}]}""",
                "fhir-prohibited",
                At0 + "birthDate.extension[0]"
            },
            { "resource.meta", """{"security":[{"code":"R"}]}""", "fhir-prohibited", At0 + "meta.security[0]" },
            { "resource.meta", """{"tag":[{"code":"R"}]}""", "fhir-prohibited", At0 + "meta.tag[0]" },
        };

    public static TheoryData<string, string?, string, string> BrokenEpisodes =>
        new()
        {
            { "resource.identifier", null, "fhir-min", At1 + "identifier" },
            {
                "resource.meta",
                """{"security":[{"system":"http://x.example","code":"NOPAT"}]}""",
                "fhir-binding",
                At1 + "meta.security[0]"
            },
            {
                "resource.meta",
                """{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"NODSCLCD"}]}""",
                "fhir-binding",
                At1 + "meta.security[0]"
            },
            {
                "resource.identifier.0.value",
                $"\"{Sample.Robin}\"",
                "cpis-plan-id-not-nhs-number",
                At1 + "identifier[0].value"
            },
            { "resource.identifier.0.value", "\"CPP 1\"", "cpis-own-id", At1 + "identifier[0].value" },
            {
                "resource.identifier.0.system",
                "\"https://x.example\"",
                "cpis-plan-system",
                At1 + "identifier[0].system"
            },
            { "resource.status", "\"planned\"", "fhir-binding", At1 + "status" },
            { "resource.type", null, "fhir-min", At1 + "type" },
            { "resource.type.0.coding.0.code", "\"224353004\"", "fhir-binding", At1 + "type[0].coding[0]" },
            {
                "resource.type.0.coding.0.system",
                "\"http://x.example\"",
                "fhir-fixed",
                At1 + "type[0].coding[0].system"
            },
            { "resource.type.0.coding.0.display", "\"Neglect\"", "cpis-plan-type-display", At1 + "type[0].coding[0]" },
            { "resource.type.0.text", "\"Neglect\"", "fhir-prohibited", At1 + "type[0].text" },
            { "resource.patient.identifier", null, "fhir-min", At1 + "patient.identifier" },
            { "resource.patient.reference", null, "fhir-min", At1 + "patient.reference" },
            { "resource.patient.display", "\"Robin\"", "fhir-prohibited", At1 + "patient.display" },
            {
                "resource.patient.reference",
                "\"urn:uuid:00000000-0000-4000-8000-000000000000\"",
                "cpis-upload-references",
                At1 + "patient.reference"
            },
            { "resource.patient.reference", "\"Patient/nobody\"", "cpis-upload-references", At1 + "patient.reference" },
            { "resource.patient.reference", $"\"{Sample.EpisodeUrl}\"", "fhir-reference-type", At1 + "patient" },
            {
                "resource.patient.identifier.value",
                $"\"{Sample.Casey}\"",
                "cpis-upload-references",
                At1 + "patient.identifier"
            },
            { "resource.managingOrganization", null, "fhir-min", At1 + "managingOrganization" },
            {
                "resource.managingOrganization.identifier.value",
                "\"x\"",
                "cpis-ods-code",
                At1 + "managingOrganization.identifier.value"
            },
            { "resource.period", null, "fhir-min", At1 + "period" },
            { "resource.period", """{"end":"2027-01-01"}""", "fhir-min", At1 + "period.start" },
            { "resource.period.start", "\"2026-10\"", "cpis-period-day", At1 + "period.start" },
            { "resource.period.start", "\"1026-10-05\"", "cpis-period-day", At1 + "period.start" },
            { "resource.period", """{"start":"2027-01-02","end":"2027-01-01"}""", "cpis-period-order", At1 + "period" },
            { "resource.period.end", "\"2026-11-22\"", "cpis-plan-active-end", At1 + "period.end" },
            { "resource.period.start", "\"2027-10-05\"", "cpis-plan-start-ahead", At1 + "period.start" },
            { "resource.status", "\"finished\"", "cpis-plan-finished-end", At1 + "period" },
            { "resource.diagnosis", """[{"condition":{"display":"x"}}]""", "fhir-prohibited", At1 + "diagnosis[0]" },
            { "resource.careManager", """{"display":"x"}""", "fhir-prohibited", At1 + "careManager" },
            {
                "request.url",
                "\"EpisodeOfCare?identifier=https://fhir.cpis.example/Id/plan/XHF01|CPP-0002\"",
                "cpis-entry-condition",
                "Bundle.entry[1].request.url"
            },
        };

    [Theory]
    [MemberData(nameof(BrokenPatients))]
    public Task A_broken_Patient_is_422_with_place_and_rule(string path, string? json, string rule, string place) =>
        BreakAsync(Sample.Patient().With(path, Parse(json)), Sample.Episode(), rule, place);

    [Theory]
    [MemberData(nameof(BrokenEpisodes))]
    public Task A_broken_EpisodeOfCare_is_422_with_place_and_rule(
        string path,
        string? json,
        string rule,
        string place
    ) => BreakAsync(Sample.Patient(), Sample.Episode().With(path, Parse(json)), rule, place);

    [Theory]
    [InlineData("resource.status", "\"inactive\"", "cpis-upload-flag-agrees", "status")]
    [InlineData("resource.code.coding.0.code", "\"764841000000100\"", "cpis-upload-flag-agrees", "code")]
    [InlineData("resource.period.start", "\"2026-10-06\"", "cpis-upload-flag-agrees", "period.start")]
    [InlineData("resource.period.end", "\"2027-10-06\"", "cpis-upload-flag-agrees", "period.end")]
    [InlineData("resource.extension", null, "fhir-min", "extension")]
    [InlineData("resource.extension.0.url", "\"http://x.example\"", "fhir-slice-closed", "extension[0]")]
    [InlineData(
        "resource.extension.0.valueReference.reference",
        "\"EpisodeOfCare/other\"",
        "cpis-upload-references",
        "extension[0].valueReference.reference"
    )]
    [InlineData("resource.category", null, "fhir-min", "category")]
    [InlineData("resource.category.0.coding.0.code", "\"diet\"", "fhir-pattern", "category[0]")]
    [InlineData("resource.author", null, "fhir-min", "author")]
    [InlineData("resource.encounter", """{"reference":"Encounter/1"}""", "fhir-prohibited", "encounter")]
    [InlineData("resource.subject.reference", "\"Patient/nobody\"", "cpis-upload-references", "subject.reference")]
    public async Task A_Flag_that_does_not_agree_is_422_with_place_and_rule(
        string path,
        string? json,
        string rule,
        string element
    )
    {
        var harness = uploads.Harness;

        var refusal = await harness.RefuseAsync(
            Sample.Bundle(Sample.Patient(), Sample.Episode(), Sample.Flag().With(path, Parse(json)))
        );

        refusal.Kind.Should().Be(RefusalKind.Rule);
        refusal.Issues.Should().Contain(i => i.Rule == rule && i.Expression == "Bundle.entry[2].resource." + element);
    }

    [Theory]
    [InlineData("0", "resource.identifier.1.system", "\"https://fhir.cpis.example/Id/local-person/XEL01\"")]
    [InlineData("1", "resource.identifier.0.system", "\"https://fhir.cpis.example/Id/plan/XEL01\"")]
    [InlineData("1", "resource.managingOrganization.identifier.value", "\"XEL01\"")]
    [InlineData("1", "resource.managingOrganization.reference", "\"Organization/org-xel01\"")]
    [InlineData("1", "request.url", "\"EpisodeOfCare?identifier=https://fhir.cpis.example/Id/plan/XEL01|CPP-0001\"")]
    public async Task A_request_that_names_another_authority_is_403(string entry, string path, string json)
    {
        var harness = uploads.Harness;
        var bundle = Sample.Child();
        bundle["entry"]![entry == "0" ? 0 : 1]!.AsObject().With(path, Parse(json));

        var refusal = await harness.RefuseAsync(bundle);

        refusal.Kind.Should().Be(RefusalKind.Forbidden);
        (await harness.ChildAsync(Sample.Robin)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("request.method", "\"DELETE\"", RefusalKind.Rule, "request.method")]
    [InlineData("request.method", "\"GET\"", RefusalKind.Rule, "request.method")]
    [InlineData("request.method", "\"PATCH\"", RefusalKind.Rule, "request.method")]
    [InlineData("request", null, RefusalKind.Malformed, "request")] // bdl-3
    [InlineData("request.url", "\"Patient\"", RefusalKind.Rule, "request.url")]
    [InlineData("request.url", "\"Patient?name=x\"", RefusalKind.Rule, "request.url")]
    [InlineData("request.url", "\"Patient?identifier=x\"", RefusalKind.Rule, "request.url")]
    [InlineData("request.url", "\"Flag?identifier=x|y\"", RefusalKind.Rule, "request.url")]
    [InlineData("request.url", "\"http://x.example/Patient/1\"", RefusalKind.Rule, "request.url")]
    [InlineData("request.ifMatch", "\"3\"", RefusalKind.Rule, "request.ifMatch")]
    [InlineData("request.ifNoneExist", "\"identifier=x|y\"", RefusalKind.Rule, "request.ifNoneExist")]
    [InlineData("request.ifNoneMatch", "\"*\"", RefusalKind.Rule, "request.ifNoneMatch")]
    [InlineData("resource", null, RefusalKind.Rule, "resource")]
    [InlineData("resource", """{"resourceType":"Basic","code":{"text":"x"}}""", RefusalKind.Rule, "resource")]
    public async Task A_request_that_is_not_done_here_is_refused_with_its_place(
        string path,
        string? json,
        RefusalKind kind,
        string element
    )
    {
        var harness = uploads.Harness;

        var refusal = await harness.RefuseAsync(Sample.Bundle(Sample.Patient().With(path, Parse(json))));

        refusal.Kind.Should().Be(kind);
        refusal.Issues.Should().Contain(i => i.Expression == "Bundle.entry[0]." + element);
    }

    [Theory]
    [InlineData("batch")]
    [InlineData("collection")]
    [InlineData("transaction-response")]
    public async Task A_Bundle_of_another_type_is_refused(string type)
    {
        var harness = uploads.Harness;
        var bundle = Sample.Child();
        bundle["type"] = type;

        var refusal = await harness.RefuseAsync(bundle);

        refusal.Issues.Should().Contain(i => i.Rule == "fhir-fixed" && i.Expression == "Bundle.type");
    }

    [Fact]
    public async Task An_upload_without_entries_is_422_and_one_with_too_many_413()
    {
        var harness = uploads.Harness;
        var many = Enumerable.Range(0, 301).Select(_ => (JsonNode)Sample.Patient()).ToArray();

        (await harness.RefuseAsync(Sample.Bundle(many))).Kind.Should().Be(RefusalKind.TooLarge);
        var empty = new JsonObject { ["resourceType"] = "Bundle", ["type"] = "transaction" };
        (await harness.RefuseAsync(empty)).Issues.Single().Rule.Should().Be("fhir-min");
    }

    [Fact]
    public async Task A_GP_practice_as_the_authority_of_a_Patient_is_told_there_and_the_plan_is_not_blamed()
    {
        var organisation = Parse(
            """{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y12345"}}"""
        );
        var child = Sample.Patient().With("resource.managingOrganization", organisation);
        child["resource"]!["identifier"]!.AsArray().RemoveAt(1);

        var refusal = await uploads.Harness.RefuseAsync(Sample.Bundle(child, Sample.Episode()));

        refusal.Kind.Should().Be(RefusalKind.Rule);
        refusal
            .Issues.Should()
            .OnlyContain(i => i.Expression == At0 + "managingOrganization.identifier.value")
            .And.Contain(i => i.Diagnostics.Contains("not a GP practice", StringComparison.Ordinal))
            .And.NotContain(i => i.Diagnostics.Contains("Expected: Y12345", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CPP,001", "a comma (,)")]
    [InlineData("CPP|001", "the character |")]
    public async Task An_id_with_a_character_that_is_not_allowed_is_told_once_though_the_url_repeats_it(
        string plan,
        string named
    )
    {
        var refusal = await uploads.Harness.RefuseAsync(Sample.Child(plan: plan));

        refusal
            .Issues.Single()
            .Should()
            .Match<Issue>(i => i.Rule == "cpis-own-id" && i.Diagnostics.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Flag_is_not_blamed_for_an_EpisodeOfCare_whose_plan_id_is_missing()
    {
        var refusal = await uploads.Harness.RefuseAsync(
            Sample.Bundle(Sample.Patient(), Sample.Episode().With("resource.identifier.0.value", null), Sample.Flag())
        );

        refusal.Issues.Should().OnlyContain(i => i.Expression!.StartsWith("Bundle.entry[1]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_entries_for_one_resource_are_refused_and_both_are_named()
    {
        var harness = uploads.Harness;

        var refusal = await harness.RefuseAsync(
            Sample.Bundle(Sample.Patient(), Sample.Patient(url: Sample.FlagUrl), Sample.Episode())
        );

        refusal.Issues.Single().Rule.Should().Be("cpis-upload-one-entry-per-child");
        refusal.Issues.Single().Expression.Should().Be("Bundle.entry[1].resource.identifier[0]");
        refusal.Issues.Single().Diagnostics.Should().StartWith("Person L-1001: entry[0]");
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once_and_nothing_is_stored()
    {
        var harness = uploads.Harness;

        var refusal = await harness.RefuseAsync(
            Sample.Bundle(
                Sample.Patient().With("resource.gender", "other").With("resource.birthDate", "2030-01-01"),
                Sample.Episode().With("resource.status", "waitlist"),
                Sample.Patient(Sample.Casey, url: Sample.FlagUrl)
            )
        );

        refusal
            .Issues.Select(i => i.Rule)
            .Should()
            .BeEquivalentTo("fhir-prohibited", "cpis-patient-birth-date", "fhir-binding");
        (await harness.ChildAsync(Sample.Robin)).Should().BeEmpty();
        (await harness.ChildAsync(Sample.Casey)).Should().BeEmpty();
    }

    [Fact]
    public async Task No_text_of_a_refusal_repeats_a_name_a_number_or_a_date_of_birth()
    {
        var harness = uploads.Harness;
        var bundle = Sample.Bundle(
            Sample.Patient("9990000019").With("resource.birthDate", "2019-14-23"),
            Sample.Episode(number: "9990000019")
        );

        var malformed = await harness.RefuseAsync(bundle);
        bundle["entry"]![0]!["resource"]!["birthDate"] = "2030-04-23";
        var rules = await harness.RefuseAsync(bundle);

        foreach (var issue in malformed.Issues.Concat(rules.Issues))
            issue.Diagnostics.Should().NotContainAny("9990000019", "2019-14-23", "2030-04-23", "Fernwood", "Robin");
    }

    [Theory]
    [InlineData(CallerKind.Setting)]
    [InlineData(CallerKind.Tester)]
    [InlineData(CallerKind.Operator)]
    public async Task Only_an_authority_uploads(CallerKind kind)
    {
        var harness = uploads.Harness;

        var refusal = await harness.RefuseAsync(Sample.Child(), UploadHarness.CallerOf("XHF01", kind));

        refusal.Kind.Should().Be(RefusalKind.Forbidden);
    }

    [Fact]
    public async Task A_token_without_the_scopes_uploads_nothing()
    {
        var harness = uploads.Harness;
        var reader = UploadHarness.Hertfordshire with { Scopes = ["system/Patient.cu", "system/Flag.cu"] };

        (await harness.RefuseAsync(Sample.Child(), reader)).Kind.Should().Be(RefusalKind.Forbidden);
    }

    private async Task BreakAsync(JsonObject patient, JsonObject episode, string rule, string place)
    {
        var harness = uploads.Harness;

        var refusal = await harness.RefuseAsync(Sample.Bundle(patient, episode));

        refusal.Kind.Should().Be(RefusalKind.Rule);
        refusal.Issues.Should().Contain(i => i.Rule == rule && i.Expression == place);
        (await harness.ChildAsync(Sample.Robin)).Should().BeEmpty();
    }

    private static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json);
}
