using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Tests.Uploads;

public sealed class TransactionUploadTests
{
    private const string Nhs = FhirSystems.NhsNumber;

    [Fact]
    public async Task A_child_and_its_plan_become_a_Patient_an_EpisodeOfCare_and_the_Flag_derived_from_it()
    {
        await using var harness = await UploadHarness.OpenAsync();

        var answered = await harness.StoreAsync(Sample.Child());

        answered
            .Select(a => (a.Status, a.Type, a.Version))
            .Should()
            .Equal(("201 Created", "Patient", 1), ("201 Created", "EpisodeOfCare", 1));
        var held = await harness.ChildAsync(Sample.Robin);
        held.Select(r => r.Type)
            .Should()
            .BeEquivalentTo([RecordType.Patient, RecordType.EpisodeOfCare, RecordType.Flag]);
        foreach (var resource in held)
            ResourceParser.Parse(resource.Body, JsonLimits.Default).Refusal.Should().BeNull();
        var flag = Json(held, RecordType.Flag);
        flag["extension"]![0]!["valueReference"]!["reference"]!
            .GetValue<string>()
            .Should()
            .Be("EpisodeOfCare/" + answered[1].Id);
        flag["subject"]!["reference"]!.GetValue<string>().Should().Be("Patient/" + answered[0].Id);
        flag["author"]!["reference"]!.GetValue<string>().Should().Be("Organization/org-xhf01");
        Json(held, RecordType.Patient)["managingOrganization"]!["identifier"]!["value"]!
            .GetValue<string>()
            .Should()
            .Be("XHF01");
        var episode = held.Single(r => r.Type == RecordType.EpisodeOfCare);
        episode.Identity.Should().Be("XHF01|CPP-0001");
        episode
            .Plan.Should()
            .Be(
                new Plan(
                    answered[1].Id,
                    PlanTypes.ChildProtectionPlan,
                    PlanStatus.Active,
                    new DateOnly(2026, 10, 5),
                    null
                )
            );
        held.Single(r => r.Type == RecordType.Patient).Identity.Should().Be("XHF01|" + Sample.Robin);
    }

    [Fact]
    public async Task A_setting_reads_the_Patient_without_the_local_id()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());

        var patient = (await harness.ChildAsync(Sample.Robin)).Single(r => r.Type == RecordType.Patient);

        JsonNode.Parse(patient.Body.Span)!["identifier"]!.AsArray().Should().HaveCount(2);
        var shown = JsonNode.Parse(patient.SettingView.Span)!;
        shown["identifier"]!.AsArray().Should().ContainSingle();
        shown.ToJsonString().Should().NotContain("L-1001").And.NotContain("local-person");
        shown["id"]!.GetValue<string>().Should().Be(patient.Id);
    }

    [Fact]
    public async Task The_same_content_again_makes_no_new_version()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var first = await harness.StoreAsync(Sample.ChildWithFlag());
        harness.Clock.Advance(TimeSpan.FromHours(1));

        var again = await harness.StoreAsync(Sample.ChildWithFlag());

        again.Should().OnlyContain(a => a.Status == "200 OK" && a.Version == 1);
        again.Select(a => a.Id).Should().Equal(first.Select(a => a.Id));
        (await harness.ChildAsync(Sample.Robin)).Should().OnlyContain(r => r.LastUpdated == UploadHarness.Noon);
    }

    [Fact]
    public async Task A_change_makes_a_new_version_of_what_changed_and_of_nothing_else()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());
        harness.Clock.Advance(TimeSpan.FromHours(1));

        var changed = await harness.StoreAsync(
            Sample.Bundle(Sample.Patient(), Sample.Episode().With("resource.period.end", "2027-03-01"))
        );

        changed.Select(a => a.Version).Should().Equal(1, 2);
        var held = await harness.ChildAsync(Sample.Robin);
        held.Single(r => r.Type == RecordType.Flag).Version.Should().Be(2);
        Json(held, RecordType.Flag)["period"]!["end"]!.GetValue<string>().Should().Be("2027-03-01");
    }

    [Fact]
    public async Task A_finished_plan_has_an_inactive_Flag()
    {
        await using var harness = await UploadHarness.OpenAsync();

        await harness.StoreAsync(
            Sample.Bundle(
                Sample.Patient(),
                Sample.Episode().With("resource.status", "finished").With("resource.period.end", "2026-11-20")
            )
        );

        var held = await harness.ChildAsync(Sample.Robin);
        Json(held, RecordType.Flag)["status"]!.GetValue<string>().Should().Be("inactive");
        held.Single(r => r.Type == RecordType.Flag).Plan!.Status.Should().Be(PlanStatus.Finished);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Entered_in_error_on_either_withdraws_both(bool onTheFlag)
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.ChildWithFlag());
        var withdrawal = onTheFlag
            ? Sample.Bundle(
                Sample
                    .Flag(patient: $"Patient?identifier={Nhs}|{Sample.Robin}", episode: EpisodeByPlan("CPP-0001"))
                    .With("resource.status", "entered-in-error")
            )
            : Sample.Bundle(Sample.Patient(), Sample.Episode().With("resource.status", "entered-in-error"));

        await harness.StoreAsync(withdrawal);

        var held = await harness.ChildAsync(Sample.Robin);
        Json(held, RecordType.EpisodeOfCare)["status"]!.GetValue<string>().Should().Be("entered-in-error");
        Json(held, RecordType.Flag)["status"]!.GetValue<string>().Should().Be("entered-in-error");
        held.Where(r => r.Plan is not null)
            .Should()
            .OnlyContain(r => r.Plan!.Status == PlanStatus.Withdrawn && r.Version == 2);
    }

    [Fact]
    public async Task A_Flag_alone_does_not_bring_a_withdrawn_plan_back_and_is_told_so()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(
            Sample.Bundle(Sample.Patient(), Sample.Episode().With("resource.status", "entered-in-error"))
        );

        var refused = await harness.RefuseAsync(
            Sample.Bundle(
                Sample.Flag(patient: $"Patient?identifier={Nhs}|{Sample.Robin}", episode: EpisodeByPlan("CPP-0001"))
            )
        );

        refused
            .Issues.Single()
            .Should()
            .Match<Issue>(i => i.Rule == "cpis-flag-agrees" && i.Expression == "Bundle.entry[0].resource.status");
    }

    [Fact]
    public async Task A_Flag_alone_must_agree_with_the_plan_that_is_held()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());
        var patient = $"Patient?identifier={Nhs}|{Sample.Robin}";

        var agreed = await harness.StoreAsync(
            Sample.Bundle(Sample.Flag(patient: patient, episode: EpisodeByPlan("CPP-0001")))
        );
        var refused = await harness.RefuseAsync(
            Sample.Bundle(
                Sample
                    .Flag(patient: patient, episode: EpisodeByPlan("CPP-0001"))
                    .With("resource.period.start", "2026-10-01")
            )
        );
        var without = await harness.RefuseAsync(
            Sample.Bundle(Sample.Flag("CPP-0002", patient: patient, episode: EpisodeByPlan("CPP-0002")))
        );

        agreed.Single().Should().Match<Answered>(a => a.Status == "200 OK" && a.Version == 1);
        refused.Issues.Single().Rule.Should().Be("cpis-flag-agrees");
        without.Issues.Single().Rule.Should().Be("cpis-flag-without-episode");
    }

    [Fact]
    public async Task The_answer_has_one_entry_per_entry_in_the_order_sent()
    {
        await using var harness = await UploadHarness.OpenAsync();

        var answered = await harness.StoreAsync(Sample.Bundle(Sample.Flag(), Sample.Episode(), Sample.Patient()));

        answered.Select(a => a.Type).Should().Equal("Flag", "EpisodeOfCare", "Patient");
    }

    [Fact]
    public async Task A_plan_may_refer_to_a_Patient_that_is_held_already_by_id_or_by_number()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var patient = (await harness.StoreAsync(Sample.Child(plan: "CPP-0000")))[0];

        await harness.StoreAsync(
            Sample.Bundle(
                Sample.Episode("CPP-0001", patient: "Patient/" + patient.Id),
                Sample.Episode(
                    "LAC-0001",
                    patient: $"Patient?identifier={Uri.EscapeDataString($"{Nhs}|{Sample.Robin}")}",
                    code: "764841000000100",
                    url: Sample.FlagUrl
                )
            )
        );

        (await harness.ChildAsync(Sample.Robin)).Should().HaveCount(7);
    }

    [Fact]
    public async Task A_PUT_by_id_writes_ones_own_and_knows_nothing_of_anothers()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var own = await harness.StoreAsync(Sample.Child());
        var theirs = await harness.StoreAsync(Sample.Child("XEL01"), UploadHarness.Elsewhere);

        var updated = await harness.StoreAsync(
            Sample.Bundle(ById(Sample.Patient(), own[0].Id).With("resource.name.0.family", "Ashdown"))
        );
        var another = await harness.RefuseAsync(Sample.Bundle(ById(Sample.Patient(), theirs[0].Id)));
        var nobody = await harness.RefuseAsync(Sample.Bundle(ById(Sample.Patient(), "made-up-by-a-client")));
        var renumbered = await harness.RefuseAsync(
            Sample.Bundle(ById(Sample.Patient(Sample.Casey), own[0].Id), Sample.Episode("CPP-0002", Sample.Casey))
        );

        updated.Single().Should().Match<Answered>(a => a.Id == own[0].Id && a.Version == 2);
        another.Kind.Should().Be(RefusalKind.Unknown);
        nobody.Kind.Should().Be(RefusalKind.Unknown);
        another
            .Issues[0]
            .Diagnostics.Replace(theirs[0].Id, "made-up-by-a-client", StringComparison.Ordinal)
            .Should()
            .Be(nobody.Issues[0].Diagnostics);
        renumbered.Issues.Single().Rule.Should().Be("cpis-identifier-immutable");
    }

    [Fact]
    public async Task An_id_that_a_client_made_up_never_becomes_a_resource()
    {
        await using var harness = await UploadHarness.OpenAsync();

        var refusal = await harness.RefuseAsync(
            Sample.Bundle(Sample.Patient().With("resource.id", "mine"), Sample.Episode())
        );
        var posted = await harness.StoreAsync(
            Sample.Bundle(
                Sample
                    .Patient()
                    .With("resource.id", "mine")
                    .With("request.method", "POST")
                    .With("request.url", "Patient"),
                Sample.Episode()
            )
        );

        refusal.Issues.Single().Rule.Should().Be("cpis-entry-id");
        posted[0].Id.Should().NotBe("mine");
    }

    [Fact]
    public async Task A_stale_ifMatch_is_412_and_a_current_one_is_taken()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());

        var stale = await harness.RefuseAsync(Sample.Bundle(Sample.Patient().With("request.ifMatch", "W/\"2\"")));
        var absent = await harness.RefuseAsync(
            Sample.Bundle(Sample.Patient(Sample.Casey).With("request.ifMatch", "W/\"1\""))
        );
        var current = await harness.StoreAsync(
            Sample.Bundle(Sample.Patient().With("resource.birthDate", "2019-04-24").With("request.ifMatch", "W/\"1\""))
        );

        stale.Kind.Should().Be(RefusalKind.PreconditionFailed);
        stale.Issues.Single().Spine.Should().Be(SpineCodes.ResourceVersionMismatch);
        absent.Kind.Should().Be(RefusalKind.PreconditionFailed);
        current.Single().Version.Should().Be(2);
    }

    [Fact]
    public async Task A_POST_creates_once_and_ifNoneExist_finds_what_is_there()
    {
        await using var harness = await UploadHarness.OpenAsync();
        JsonObject Post() => Sample.Patient().With("request.method", "POST").With("request.url", "Patient");
        var created = await harness.StoreAsync(Sample.Bundle(Post(), Sample.Episode("CPP-0000")));

        var twice = await harness.RefuseAsync(Sample.Bundle(Post()));
        var found = await harness.StoreAsync(
            Sample.Bundle(
                Post()
                    .With("resource.name.0.family", "Ashdown")
                    .With("request.ifNoneExist", $"identifier={Nhs}|{Sample.Robin}"),
                Sample.Episode()
            )
        );

        twice.Kind.Should().Be(RefusalKind.Conflict);
        found[0].Should().Match<Answered>(a => a.Status == "200 OK" && a.Id == created[0].Id && a.Version == 1);
        found[1].Status.Should().Be("201 Created");
    }

    [Fact]
    public async Task An_acknowledgement_tells_nothing_of_what_another_authority_holds()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var watched = new CountingStore(harness.Store);
        var alone = await harness.SendAsync(
            Sample.Bundle(
                Sample.Patient(Sample.Casey).With("resource.identifier.1.value", "L-1002"),
                Sample.Episode(number: Sample.Casey)
            ),
            store: watched
        );
        await harness.StoreAsync(
            Sample.Bundle(
                Sample.Patient(ods: "XEL01").With("resource.name.0.family", "Fernwood-Marlow"),
                Sample.Episode(ods: "XEL01")
            ),
            UploadHarness.Elsewhere
        );

        var shared = await harness.SendAsync(Sample.Child(plan: "CPP-0002"), store: watched);

        Answered
            .Of(shared.Value)
            .Select(entry => (entry.Status, entry.Version, Told: entry.Outcome?.ToJsonString()))
            .Should()
            .Equal(
                Answered
                    .Of(alone.Value)
                    .Select(entry => (entry.Status, entry.Version, Told: entry.Outcome?.ToJsonString()))
            );
        watched.Owners.Should().Equal(["XHF01"], "what is never read is never told");
        (await harness.ChildAsync(Sample.Robin)).Should().HaveCount(6);
    }

    [Fact]
    public async Task A_Patient_that_no_plan_of_its_authority_refers_to_is_refused_whoever_else_holds_the_number()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child("XEL01"), UploadHarness.Elsewhere);

        var held = await harness.RefuseAsync(Sample.Bundle(Sample.Patient()));
        var unknown = await harness.RefuseAsync(Sample.Bundle(Sample.Patient(Sample.Casey)));

        held.Should().BeEquivalentTo(unknown, "nothing is told of the other authority");
        held.Kind.Should().Be(RefusalKind.Rule);
        held.Issues.Single()
            .Should()
            .Match<Issue>(i => i.Rule == "cpis-patient-without-plan" && i.Expression == "Bundle.entry[0].resource");
        (await harness.ChildAsync(Sample.Robin)).Should().HaveCount(3);
    }

    [Fact]
    public async Task A_Patient_whose_plan_is_held_already_is_taken_alone()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());

        var renamed = await harness.StoreAsync(
            Sample.Bundle(Sample.Patient().With("resource.name.0.family", "Ashdown"))
        );

        renamed.Single().Version.Should().Be(2);
    }

    [Fact]
    public async Task The_upload_is_audited_with_counts_and_without_personal_data()
    {
        await using var harness = await UploadHarness.OpenAsync();

        await harness.StoreAsync(Sample.Child());

        var uploads = await harness.Store.SearchOccurrencesAsync(
            new OccurrenceQuery { Kind = OccurrenceKind.Upload },
            TestContext.Current.CancellationToken
        );
        var upload = uploads.Items.Single();
        upload.Interaction.Should().Be("transaction");
        upload
            .Reason.Should()
            .Be(
                "Patient: 1 created, 0 updated, 0 unchanged; EpisodeOfCare: 1 created, 0 updated, 0 unchanged; Flag: 1 created, 0 updated, 0 unchanged"
            );
        upload.Child.Should().BeNull();
        upload.CorrelationId.Should().Be("correlation");
    }

    [Fact]
    public async Task A_profile_named_in_meta_is_taken_and_a_version_named_in_meta_is_ignored()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var meta =
            """{"versionId":"9","lastUpdated":"2001-01-01T00:00:00Z","profile":["https://fhir.cpis.example/StructureDefinition/CPIS-Patient"]}""";

        var answered = await harness.StoreAsync(
            Sample.Bundle(Sample.Patient().With("resource.meta", JsonNode.Parse(meta)), Sample.Episode())
        );

        answered[0].Version.Should().Be(1);
    }

    private static JsonObject ById(JsonObject entry, string id)
    {
        var type = entry["resource"]!["resourceType"]!.GetValue<string>();
        return entry.With("resource.id", id).With("request.url", $"{type}/{id}");
    }

    private static string EpisodeByPlan(string plan) =>
        $"EpisodeOfCare?identifier=https://fhir.cpis.example/Id/plan/XHF01|{plan}";

    private static JsonNode Json(IReadOnlyList<StoredResource> held, RecordType type) =>
        JsonNode.Parse(held.Single(r => r.Type == type).Body.Span)!;
}
