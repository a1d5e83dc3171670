using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Tests.Protection;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>
/// Every row of the table of search parameters, over what an upload stored: what finds, and what does not. A sealed store
/// finds the same as a readable one.
/// </summary>
public sealed class SearchOfUploadsTests(SearchOfUploadsTests.Records records)
    : IClassFixture<SearchOfUploadsTests.Records>
{
    private const string Snomed = "http://snomed.info/sct";

    [Theory]
    [InlineData(RecordType.Patient, "identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018", 1)]
    [InlineData(RecordType.Patient, "identifier=9990000018", 1)]
    [InlineData(RecordType.Patient, "identifier=9990000018,9990000026", 2)]
    [InlineData(RecordType.Patient, "identifier=9990000034", 0)]
    [InlineData(RecordType.Patient, "identifier=L-1001", 2)]
    [InlineData(RecordType.Patient, "identifier=https://fhir.cpis.example/Id/local-person/XHF01|L-1001", 2)]
    [InlineData(RecordType.Patient, "identifier=https://fhir.nhs.uk/Id/nhs-number|L-1001", 0)]
    [InlineData(RecordType.Patient, "identifier=https://fhir.nhs.uk/Id/nhs-number|", 2)]
    [InlineData(RecordType.Patient, "identifier=|9990000018", 0)]
    [InlineData(RecordType.Patient, "family=fern", 1)]
    [InlineData(RecordType.Patient, "family=FERNWOOD", 1)]
    [InlineData(RecordType.Patient, "family=zielinski", 1)]
    [InlineData(RecordType.Patient, "family=wood", 0)]
    [InlineData(RecordType.Patient, "given=alex", 2)]
    [InlineData(RecordType.Patient, "name=alex&name=fern", 1)]
    [InlineData(RecordType.Patient, "birthdate=2019", 1)]
    [InlineData(RecordType.Patient, "birthdate=2019-04-23", 1)]
    // R4: equal is what lies within the value; a moment holds no day.
    [InlineData(RecordType.Patient, "birthdate=2019-04-23T12:00:00Z", 0)]
    [InlineData(RecordType.Patient, "birthdate=ne2019-04-23T12:00:00Z", 2)]
    [InlineData(RecordType.Patient, "birthdate=ap2019-04-23T12:00:00Z", 1)]
    [InlineData(RecordType.Patient, "birthdate=gt2019-04-23T12:00:00Z", 2)]
    [InlineData(RecordType.Patient, "birthdate=lt2019-04-23T12:00:00Z", 1)]
    [InlineData(RecordType.Patient, "birthdate=sa2019-04-23T12:00:00Z", 1)]
    [InlineData(RecordType.Patient, "birthdate=eb2019-04-23T12:00:00Z", 0)]
    [InlineData(RecordType.Patient, "birthdate=ne2019-04-23", 1)]
    [InlineData(RecordType.Patient, "birthdate=ne2019", 1)]
    [InlineData(RecordType.Patient, "birthdate=sa2019-04-23", 1)]
    [InlineData(RecordType.Patient, "birthdate=eb2019-04-24", 1)]
    [InlineData(RecordType.Patient, "birthdate=gt2019-04-23", 1)]
    [InlineData(RecordType.Patient, "birthdate=ge2019-04-23", 2)]
    [InlineData(RecordType.Patient, "birthdate=lt2019-04-23", 0)]
    [InlineData(RecordType.Patient, "birthdate=le2019-04&birthdate=ge2019", 1)]
    [InlineData(RecordType.EpisodeOfCare, "identifier=CPP-0001", 1)]
    [InlineData(RecordType.EpisodeOfCare, "identifier=https://fhir.cpis.example/Id/plan/XHF01|CPP-0001", 1)]
    [InlineData(RecordType.EpisodeOfCare, "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018", 1)]
    [InlineData(RecordType.EpisodeOfCare, "patient.identifier=9990000018", 1)]
    [InlineData(RecordType.EpisodeOfCare, "patient=Patient/nobody", 0)]
    [InlineData(RecordType.EpisodeOfCare, "status=active", 1)]
    [InlineData(RecordType.EpisodeOfCare, "status=active,finished", 2)]
    [InlineData(RecordType.EpisodeOfCare, "status=http://hl7.org/fhir/episode-of-care-status|finished", 1)]
    [InlineData(RecordType.EpisodeOfCare, "status=http://x.example|finished", 0)]
    [InlineData(RecordType.EpisodeOfCare, "type=342191000000101", 1)]
    [InlineData(RecordType.EpisodeOfCare, "type=" + Snomed + "|764841000000100", 1)]
    [InlineData(RecordType.EpisodeOfCare, "type=" + Snomed + "|", 2)]
    [InlineData(RecordType.EpisodeOfCare, "organization=Organization/org-xhf01", 2)]
    [InlineData(RecordType.EpisodeOfCare, "organization=org-xhf01", 2)]
    [InlineData(
        RecordType.EpisodeOfCare,
        "organization:identifier=https://fhir.nhs.uk/Id/ods-organization-code|XHF01",
        2
    )]
    // One plan from 5 October 2026, open; one from 1 March to 31 May 2026.
    [InlineData(RecordType.EpisodeOfCare, "date=ge2026-06-01", 1)]
    [InlineData(RecordType.EpisodeOfCare, "date=ge2026-05-31", 2)]
    [InlineData(RecordType.EpisodeOfCare, "date=ge2026-02", 2)]
    [InlineData(RecordType.EpisodeOfCare, "date=ne2026", 1)]
    [InlineData(RecordType.EpisodeOfCare, "date=ap2026-05-31", 1)]
    [InlineData(RecordType.EpisodeOfCare, "date=ap2026", 2)]
    [InlineData(RecordType.EpisodeOfCare, "date=gt2026-05-31", 1)]
    [InlineData(RecordType.EpisodeOfCare, "date=le2026-03-01", 1)]
    [InlineData(RecordType.EpisodeOfCare, "date=lt2026-03-01", 0)]
    [InlineData(RecordType.EpisodeOfCare, "date=2026", 1)]
    [InlineData(RecordType.EpisodeOfCare, "date=sa2026-09", 1)]
    [InlineData(RecordType.EpisodeOfCare, "date=eb2026-06", 1)]
    [InlineData(RecordType.EpisodeOfCare, "date=ge2026-04-01&date=le2026-04-30", 1)] // held in April
    [InlineData(RecordType.Flag, "identifier=LAC-0001", 1)]
    [InlineData(RecordType.Flag, "subject:identifier=9990000026", 1)]
    [InlineData(RecordType.Flag, "status=inactive", 1)]
    [InlineData(RecordType.Flag, "code=342191000000101,764841000000100", 2)]
    [InlineData(RecordType.Flag, "date=ge2026-06-01", 1)]
    [InlineData(RecordType.Flag, "author=Organization/org-xhf01", 2)]
    [InlineData(RecordType.Flag, "_lastUpdated=2026-11-23", 2)]
    [InlineData(RecordType.Flag, "_lastUpdated=lt2026-11-23", 0)]
    [InlineData(RecordType.Flag, "_lastUpdated=ne2026-11-23", 0)]
    [InlineData(RecordType.Flag, "_lastUpdated=ne2026-11-22", 2)]
    [InlineData(RecordType.Flag, "_id=nobody", 0)]
    [InlineData(RecordType.Flag, "", 2)]
    public async Task A_search_finds_what_it_asks_for(RecordType type, string query, int count)
    {
        var parameters = query
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], pair[1]))
            .ToList();

        var parsed = RecordSearch.Read(type, parameters, OdsCode.Parse("XHF01"));

        parsed.Refusal.Should().BeNull();
        foreach (var harness in records.Harnesses)
        {
            var page = await harness.Store.SearchAsync(parsed.Value, TestContext.Current.CancellationToken);
            page.Items.Should().HaveCount(count);
            page.Total.Should().Be(count);
        }
    }

    [Fact]
    public async Task Every_parameter_of_the_table_can_be_asked()
    {
        foreach (var type in new[] { RecordType.Patient, RecordType.EpisodeOfCare, RecordType.Flag })
        foreach (var parameter in SearchTables.Of(type).SearchParameters)
        {
            var value = parameter.Kind == ParameterKind.Date ? "2026" : "x";
            var parsed = RecordSearch.Read(type, [new(parameter.Name, value)], OdsCode.Parse("XHF01"));
            parsed.Refusal.Should().BeNull(because: parameter.Name);
            foreach (var harness in records.Harnesses)
                await harness.Store.SearchAsync(parsed.Value, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Another_authority_finds_nothing_of_it()
    {
        foreach (var type in new[] { RecordType.Patient, RecordType.EpisodeOfCare, RecordType.Flag })
        {
            var query = RecordSearch.Read(type, [], OdsCode.Parse("XEL01")).Value;
            foreach (var harness in records.Harnesses)
                (await harness.Store.SearchAsync(query, TestContext.Current.CancellationToken)).Total.Should().Be(0);
        }
    }

    /// <summary>Two children of one authority: one on an open plan, one whose time in care has ended.</summary>
    public sealed class Records : IAsyncLifetime
    {
        private readonly SealedRecords _sealed = TestKeys.Sealed();

        public IReadOnlyList<UploadHarness> Harnesses { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            Harnesses = [await UploadHarness.OpenAsync(), await UploadHarness.OpenAsync(protection: _sealed)];
            foreach (var harness in Harnesses)
            {
                await harness.StoreAsync(Sample.Child());
                await harness.StoreAsync(
                    Sample.Bundle(
                        Sample
                            .Patient(Sample.Casey)
                            .With("resource.name.0.family", "Zieliński")
                            .With("resource.name.0.given", new JsonArray("Alex"))
                            .With("resource.birthDate", "2020-01-31"),
                        Sample
                            .Episode("LAC-0001", Sample.Casey, code: "764841000000100")
                            .With("resource.status", "finished")
                            .With("resource.period", JsonNode.Parse("""{"start":"2026-03-01","end":"2026-05-31"}"""))
                    )
                );
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var harness in Harnesses)
                await harness.DisposeAsync();
            _sealed.Dispose();
        }
    }
}
