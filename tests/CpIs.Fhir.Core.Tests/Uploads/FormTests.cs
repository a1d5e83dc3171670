using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Tests.DailyFiles;
using CpIs.Fhir.Core.Worklists;
using static CpIs.Fhir.Core.Tests.DailyFiles.DailyFileHarness;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>
/// A change that cannot wait for the night: a person sends it by form, an older file does not undo it, and a newer one that says otherwise
/// holds and is told.
/// </summary>
public sealed class FormTests
{
    private const string Said =
        "changed by form on 23 November 2026 by Wyn Workersample; your case system says otherwise";
    private static readonly DateTimeOffset Before = UploadHarness.Noon.AddHours(-10);
    private static readonly DateTimeOffset Night = UploadHarness.Noon.AddHours(14);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A social worker of the authority.</summary>
    public static Caller Worker { get; } =
        UploadHarness.Hertfordshire with
        {
            Person = new Person("555252170102", null, "social-worker", "Social Worker", "Wyn Workersample"),
            Activities = [Activities.Worker],
        };

    [Fact]
    public async Task The_stamp_of_a_form_is_when_it_was_sent_and_says_who_sent_it()
    {
        await using var harness = await UploadHarness.OpenAsync();

        await harness.StoreAsync(Form(Sample.Patient(), Sample.Episode()), Worker);

        var wanted = new UploadStamp(UploadHarness.Noon, Form: "Wyn Workersample");
        (await EpisodeAsync(harness)).Stamp.Should().Be(wanted);
        (await PatientAsync(harness)).Stamp.Should().Be(wanted);
    }

    [Fact]
    public async Task A_file_that_was_extracted_earlier_does_not_undo_a_form_and_is_told_so()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.Uploads.StoreAsync(Sample.Child().At(Before.AddDays(-1)));
        await harness.Uploads.StoreAsync(Form(Sample.Patient(), Ended()), Worker);

        var file = await harness.StoreAsync(Sent(2, Before), Line(Sample.Patient(), Sample.Episode()));

        (await EpisodeAsync(harness.Uploads)).Plan!.Status.Should().Be(PlanStatus.Finished);
        var told = (await harness.OutcomesAsync(file)).Single();
        told.Plans.Single().Effect.Should().Be(Core.DailyFiles.RecordEffect.Superseded);
        told.Faults.Should()
            .ContainSingle(fault => fault.PlanId == "CPP-0001")
            .Which.Text.Should()
            .Contain("by form on 23 November 2026 by Wyn Workersample")
            .And.EndWith("Nothing was changed.");
    }

    [Fact]
    public async Task A_later_file_that_says_otherwise_holds_and_its_answer_says_whose_change_it_was()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.Uploads.StoreAsync(Sample.Child().At(Before));
        await harness.Uploads.StoreAsync(Form(Sample.Patient(), Ended()), Worker);
        harness.Uploads.Clock.SetUtcNow(Night);

        var file = await harness.StoreAsync(Sent(2, Night.AddMinutes(-5)), Line(Sample.Patient(), Sample.Episode()));

        (await EpisodeAsync(harness.Uploads)).Plan!.Status.Should().Be(PlanStatus.Active);
        var fault = (await harness.OutcomesAsync(file)).Single().Faults.Single();
        (fault.Severity, fault.Rule, fault.PlanId).Should().Be(("warning", "cpis-form-overridden", "CPP-0001"));
        fault.Text.Should().StartWith($"Plan CPP-0001: {Said}. It is held as your case system says.");
        (await ListAsync(harness.Uploads)).Should().Equal("CPP-0001");

        // The next night says the same again: it stays on the list, and is not told as new.
        var again = await harness.StoreAsync(Sent(3, Night), Line(Sample.Patient(), Sample.Episode()));
        (await harness.OutcomesAsync(again)).Single().Faults.Should().BeEmpty();
        (await ListAsync(harness.Uploads)).Should().Equal("CPP-0001");
    }

    [Fact]
    public async Task A_transaction_that_says_otherwise_is_told_likewise()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Form(Sample.Patient(), Sample.Episode()), Worker);
        harness.Clock.SetUtcNow(Night);

        var told = await harness.StoreAsync(
            Sample.Bundle(Sample.Patient().With("resource.name.0.family", "Elder"), Ended("2026-11-22")).At(Night)
        );

        foreach (var (entry, what) in told.Zip(["This Patient", "Plan CPP-0001"]))
        {
            var issue = entry.Outcome!["issue"]![0]!;
            issue["severity"]!.GetValue<string>().Should().Be("warning");
            issue["diagnostics"]!.GetValue<string>().Should().StartWith($"{what}: {Said}.");
        }

        (await ListAsync(harness)).Should().Equal("(Patient)", "CPP-0001");
    }

    [Fact]
    public async Task A_later_file_that_says_the_same_confirms_the_form_and_nothing_is_told()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Form(Sample.Patient(), Sample.Episode()), Worker);
        harness.Clock.SetUtcNow(Night);

        await harness.StoreAsync(Sample.Child().At(Night));
        var changed = await harness.StoreAsync(Sample.Bundle(Sample.Patient(), Ended()).At(Night.AddMinutes(1)));

        (await EpisodeAsync(harness)).Stamp!.Form.Should().BeNull();
        changed
            .Should()
            .OnlyContain(entry => entry.Outcome == null || !entry.Outcome.ToJsonString().Contains("by form"));
        (await ListAsync(harness)).Should().BeEmpty();
    }

    [Fact]
    public async Task More_is_not_otherwise_a_local_id_or_another_way_to_write_a_day_confirms_the_form()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(
            Form(
                Sample
                    .Patient()
                    .With(
                        "resource.identifier",
                        JsonNode.Parse($$"""[{"system":"{{Sample.Nhs}}","value":"{{Sample.Robin}}"}]""")
                    ),
                Sample.Episode()
            ),
            Worker
        );
        harness.Clock.SetUtcNow(Night);

        await harness.StoreAsync(
            Sample
                .Bundle(Sample.Patient(), Sample.Episode().With("resource.period.start", "2026-10-05T09:00:00+01:00"))
                .At(Night)
        );

        (await EpisodeAsync(harness)).Version.Should().Be(2);
        (await ListAsync(harness)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("case system")]
    [InlineData("form")]
    [InlineData("form that agrees")]
    public async Task It_leaves_the_list_when_the_record_changes_again_or_a_person_agrees(string who)
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Form(Sample.Patient(), Sample.Episode()), Worker);
        harness.Clock.SetUtcNow(Night);
        await harness.StoreAsync(Sample.Bundle(Sample.Patient(), Ended("2026-11-20")).At(Night));
        (await ListAsync(harness)).Should().Equal("CPP-0001");
        harness.Clock.Advance(TimeSpan.FromMinutes(1));

        var ended = who == "form that agrees" ? Ended("2026-11-20") : Ended("2026-11-21");
        if (who == "case system")
            await harness.StoreAsync(Sample.Bundle(Sample.Patient(), ended).At(Night.AddMinutes(1)));
        else
            await harness.StoreAsync(Form(Sample.Patient(), ended), Worker);

        (await ListAsync(harness)).Should().BeEmpty();
    }

    [Fact]
    public async Task It_leaves_the_list_after_thirty_days()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Form(Sample.Patient(), Sample.Episode()), Worker);
        harness.Clock.SetUtcNow(Night);
        await harness.StoreAsync(Sample.Bundle(Sample.Patient(), Ended("2026-11-20")).At(Night));

        harness.Clock.SetUtcNow(Night.AddDays(29));
        (await ListAsync(harness)).Should().Equal("CPP-0001");
        harness.Clock.SetUtcNow(Night.AddDays(30));
        (await ListAsync(harness)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_corrected_NHS_number_is_otherwise_and_is_listed_once_under_the_right_number()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Form(Sample.Patient(), Sample.Episode()), Worker);
        harness.Clock.SetUtcNow(Night);

        var told = await harness.StoreAsync(Sample.Child(number: Sample.Casey).At(Night));

        told[1].Outcome!.ToJsonString().Should().Contain(Said);
        (await ListAsync(harness)).Should().Equal("CPP-0001");
    }

    [Fact]
    public async Task A_form_counts_as_newer_than_what_is_held_by_a_clock_that_is_ahead()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var ahead = UploadHarness.Noon.AddMinutes(9);
        await harness.StoreAsync(Sample.Child().At(ahead));

        await harness.StoreAsync(Form(Sample.Patient(), Ended()), Worker);

        var held = await EpisodeAsync(harness);
        held.Plan!.Status.Should().Be(PlanStatus.Finished);
        held.Stamp.Should().Be(new UploadStamp(ahead, 1, Form: "Wyn Workersample"));
        await harness.StoreAsync(Sample.Child().At(ahead));
        (await EpisodeAsync(harness)).Plan!.Status.Should().Be(PlanStatus.Finished);
    }

    [Fact]
    public async Task A_form_says_nothing_of_the_register_and_an_old_one_is_no_alarm()
    {
        await using var harness = await UploadHarness.OpenAsync();

        await harness.StoreAsync(Form(Sample.Patient(), Sample.Episode()), Worker);
        await harness.StoreAsync(Form(Sample.Patient(), Ended()).At(Before), Worker);

        (await harness.Store.ReadRegistrationsAsync(Cancellation)).Registrations.Should().BeEmpty();
        harness.Alarms.Superseded.Should().BeEmpty();
        await harness.StoreAsync(Sample.Child().At(UploadHarness.Noon));
        (await harness.Store.ReadRegistrationsAsync(Cancellation)).Registrations.Should().NotBeEmpty();
    }

    [Fact]
    public async Task Only_a_person_sends_a_form_and_only_of_one_child()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var form = Form(Sample.Patient(), Sample.Episode());

        (await harness.RefuseAsync(form)).Kind.Should().Be(RefusalKind.Forbidden);
        (await harness.RefuseAsync(form, Worker with { Activities = [Activities.Inspector] }))
            .Kind.Should()
            .Be(RefusalKind.Forbidden);
        var two = Form(
            Sample.Patient(),
            Sample.Episode(),
            Sample.Patient(Sample.Casey, url: Other),
            Sample.Episode("CPP-0002", Sample.Casey, patient: Other, url: Other[..^1] + "2")
        );
        two["entry"]![2]!["resource"]!["identifier"]![1]!["value"] = "L-1002";
        var issue = (await harness.RefuseAsync(two, Worker)).Issues.Single();
        (issue.Rule, issue.Expression).Should().Be(("cpis-upload-form-one-child", "Bundle.meta.tag[0]"));
        two["meta"]!["tag"]![0]!["code"] = "night";
        (await harness.RefuseAsync(two, Worker)).Issues.Should().ContainSingle();
        (await harness.ChildAsync(Sample.Robin)).Should().BeEmpty();
    }

    private const string Other = "urn:uuid:a1d4f7c2-1b5e-4c8f-9a3d-6e2b7c9d0f21";

    /// <summary>A Bundle with the tag of a form.</summary>
    public static JsonNode Form(params JsonNode[] entries)
    {
        var bundle = Sample.Bundle(entries);
        bundle["meta"] = new JsonObject
        {
            ["tag"] = new JsonArray(new JsonObject { ["system"] = FhirSystems.UploadOrigin, ["code"] = "form" }),
        };
        return bundle;
    }

    private static JsonObject Ended(string on = "2026-11-21") =>
        Sample.Episode().With("resource.status", "finished").With("resource.period.end", on);

    private static async Task<List<string>> ListAsync(UploadHarness harness)
    {
        var today = LondonCalendar.DayOf(harness.Clock.GetUtcNow());
        var records = await new OverriddenForms(harness.Store).ReadAsync(
            UploadHarness.Hertfordshire.Organisation,
            today.AddDays(1 - OverriddenForms.Days),
            today,
            Cancellation
        );
        return [.. records.Select(record => record.Plan is null ? "(Patient)" : record.Identity!["XHF01|".Length..])];
    }

    private static async Task<StoredResource> EpisodeAsync(UploadHarness harness) =>
        (
            await harness.Store.ReadByIdentityAsync(RecordType.EpisodeOfCare, ["XHF01|CPP-0001"], Cancellation)
        ).Values.Single();

    private static async Task<StoredResource> PatientAsync(UploadHarness harness) =>
        (await harness.ChildAsync(Sample.Robin)).Single(record => record.Type == RecordType.Patient);
}
