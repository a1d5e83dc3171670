using System.Net.Http.Headers;
using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Server.Tests.Clients;

/// <summary>The client of the .NET SDK as it comes, which speaks XML: the job of an authority and of a setting.</summary>
public sealed class FhirClientTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string Number = "https://fhir.nhs.uk/Id/nhs-number|";

    [Fact]
    public async System.Threading.Tasks.Task An_authority_uploads_and_finds_its_records()
    {
        using var client = await ClientAsync("authority-xhf01");
        var child = exchange.NewChild(exchange.Plan(), exchange.Plan(PlanTypes.LookedAfter));

        var acknowledgement = await client.TransactionAsync(Bundle(child));

        acknowledgement!.Type.Should().Be(Hl7.Fhir.Model.Bundle.BundleType.TransactionResponse);
        acknowledgement
            .Entry.Should()
            .HaveCount(3)
            .And.OnlyContain(entry => entry.Response!.Status!.StartsWith("201", StringComparison.Ordinal));
        var patients = await client.SearchUsingPostAsync<Patient>(["identifier=" + Number + child.NhsNumber.Digits]);
        var patient = patients!.Entry.Should().ContainSingle().Subject.Resource.As<Patient>();
        patient.Identifier.Should().Contain(identifier => identifier.Value == child.NhsNumber.Digits);
        var read = await client.ReadAsync<Patient>($"Patient/{patient.Id}");
        read!.IsExactly(patient).Should().BeTrue();
        (await client.ReadAsync<Patient>($"Patient/{patient.Id}/_history/1"))!.IsExactly(patient).Should().BeTrue();
        var plans = await client.SearchAsync<EpisodeOfCare>(["patient=" + patient.Id], pageSize: 1);
        plans!.Total.Should().Be(2);
        (await client.ContinueAsync(plans))!.Entry.Should().ContainSingle("the next page comes in XML too");
    }

    [Fact]
    public async System.Threading.Tasks.Task An_authority_ends_a_plan_and_adds_one_resource_by_resource()
    {
        using var client = await ClientAsync("authority-xhf01");
        var child = exchange.NewChild(exchange.Plan(), exchange.Plan(PlanTypes.LookedAfter));
        var whole = Bundle(child);
        var second = whole.Entry[2].Resource.As<EpisodeOfCare>();
        whole.Entry.RemoveAt(2);
        await client.TransactionAsync(whole);
        var held = await client.SearchAsync<EpisodeOfCare>([
            $"identifier=https://fhir.cpis.example/Id/plan/XHF01|{child.Plans[0].PlanId}",
        ]);
        var plan = held!.Entry[0].Resource.As<EpisodeOfCare>();
        plan.Status = EpisodeOfCare.EpisodeOfCareStatus.Finished;
        plan.Period!.End = exchange.Today.ToString("yyyy-MM-dd");
        second.Patient!.Reference = plan.Patient!.Reference;

        var ended = await client.UpdateAsync(plan, versionAware: true);
        var added = await client.CreateAsync(second);
        second.Period!.Start = exchange.Today.AddDays(-4).ToString("yyyy-MM-dd");
        var moved = await client.ConditionalUpdateAsync(
            second,
            new SearchParams("identifier", $"https://fhir.cpis.example/Id/plan/XHF01|{child.Plans[1].PlanId}")
        );
        var history = await client.HistoryAsync($"EpisodeOfCare/{added!.Id}");

        ended!.VersionId.Should().Be("2");
        (moved!.Id, moved.VersionId).Should().Be((added.Id, "2"));
        history!.Entry.Should().HaveCount(2);
        var stale = () => client.UpdateAsync(plan, versionAware: true);
        (await stale.Should().ThrowAsync<FhirOperationException>())
            .Which.Status.Should()
            .Be(System.Net.HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async System.Threading.Tasks.Task An_authority_subscribes_and_ends_it()
    {
        using var client = await ClientAsync("authority-xhf01");
        var wanted = (Subscription)
            FhirJsonDeserializer.STRICT.DeserializeResource(
                await File.ReadAllTextAsync(
                    Path.Combine(BuiltProfiles.Repository(), "examples", "resources", "Subscription-XHF01-1.json"),
                    TestContext.Current.CancellationToken
                )
            );
        wanted.Id = null;
        wanted.Meta = null;
        wanted.Status = Subscription.SubscriptionStatus.Requested;

        var made = await client.CreateAsync(wanted);

        made!.Status.Should().Be(Subscription.SubscriptionStatus.Requested);
        (await client.SearchAsync<Subscription>())!.Entry.Should().ContainSingle();
    }

    [Fact]
    public async System.Threading.Tasks.Task A_setting_looks_a_child_up()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        using var client = await ClientAsync("hareford-ed");

        var byOperation = await client.TypeOperationAsync<Patient>(
            "child-protection",
            new Parameters { { "nhsNumber", new FhirString(child.NhsNumber.Digits) } }
        );
        var bySearch = await client.SearchUsingPostAsync<Flag>([
            "patient:identifier=" + Number + child.NhsNumber.Digits,
        ]);
        var history = await client.SearchUsingPostAsync<AuditEvent>([
            "patient:identifier=" + Number + child.NhsNumber.Digits,
        ]);

        foreach (var answer in new[] { (Bundle)byOperation!, bySearch! })
        {
            answer.Total.Should().Be(1);
            answer.Entry.Should().ContainSingle(entry => entry.Resource is Flag);
            answer
                .Entry.Select(entry => entry.Resource)
                .OfType<OperationOutcome>()
                .Single()
                .Issue[0]
                .Diagnostics.Should()
                .StartWith("PLAN HELD for ");
        }

        history!.Entry.Should().Contain(entry => entry.Resource is AuditEvent);
    }

    [Fact]
    public async System.Threading.Tasks.Task A_refusal_is_an_outcome_that_names_the_place()
    {
        using var client = await ClientAsync("authority-xhf01");
        var bundle = Bundle(exchange.NewChild());
        bundle.Entry[0].Resource.As<Patient>().Gender = AdministrativeGender.Other;

        var refused = await client
            .Invoking(c => c.TransactionAsync(bundle))
            .Should()
            .ThrowAsync<FhirOperationException>();

        refused.Which.Status.Should().Be(System.Net.HttpStatusCode.UnprocessableEntity);
        refused
            .Which.Outcome!.Issue.Should()
            .ContainSingle()
            .Which.Expression.Should()
            .Equal("Bundle.entry[0].resource.gender");
    }

    private static Bundle Bundle(SyntheticChild child) =>
        (Bundle)
            FhirJsonDeserializer.STRICT.DeserializeResource(
                Encoding.UTF8.GetString(SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [child]).Span)
            );

    private async System.Threading.Tasks.Task<FhirClient> ClientAsync(string name)
    {
        var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(
            (await exchange.AsAsync(name)).Authorization!
        );
        return new FhirClient(exchange.FhirBase, http);
    }
}
