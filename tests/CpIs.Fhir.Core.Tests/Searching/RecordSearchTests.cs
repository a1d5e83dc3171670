using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Tests.Searching;

public sealed class RecordSearchTests
{
    private static readonly OdsCode Own = OdsCode.Parse("XHF01");

    [Theory]
    [InlineData(RecordType.Patient, "gender", "female")]
    [InlineData(RecordType.Patient, "address", "x")]
    [InlineData(RecordType.Flag, "encounter", "x")]
    [InlineData(RecordType.Patient, "_include", "Patient:organization")]
    [InlineData(RecordType.Patient, "_tag", "x")]
    [InlineData(RecordType.Patient, "", "x")]
    [InlineData(RecordType.Patient, "Family", "x")]
    [InlineData(RecordType.Patient, "family:exact", "x")]
    [InlineData(RecordType.Patient, "family:missing", "true")]
    [InlineData(RecordType.EpisodeOfCare, "status:not", "active")]
    [InlineData(RecordType.EpisodeOfCare, "patient:Patient", "1")]
    [InlineData(RecordType.EpisodeOfCare, "patient.name", "x")]
    [InlineData(RecordType.Patient, "family", "")]
    [InlineData(RecordType.Patient, "family", "  ")]
    [InlineData(RecordType.Patient, "family", "a,b")]
    [InlineData(RecordType.Patient, "birthdate", "yesterday")]
    [InlineData(RecordType.Patient, "birthdate", "zz2019-01-01")]
    [InlineData(RecordType.Patient, "birthdate", "2019-02-30")]
    [InlineData(RecordType.Patient, "birthdate", "2019-13")]
    [InlineData(RecordType.Patient, "birthdate", "99999")]
    [InlineData(RecordType.Patient, "birthdate", "2019-01-01T10:00")]
    [InlineData(RecordType.EpisodeOfCare, "date", "2019,2020")]
    [InlineData(RecordType.Patient, "_count", "-1")]
    [InlineData(RecordType.Patient, "_count", "ten")]
    [InlineData(RecordType.Patient, "_count", "1.5")]
    [InlineData(RecordType.Patient, "_count", "1,2")]
    [InlineData(RecordType.Patient, "_summary", "short")]
    [InlineData(RecordType.Patient, "_pretty", "yes")]
    [InlineData(RecordType.Patient, "_id", "https://x.example|a")]
    [InlineData(RecordType.Subscription, "status", "on")]
    [InlineData(RecordType.Subscription, "patient", "1")]
    [InlineData(RecordType.Patient, "_sort", "family")]
    [InlineData(RecordType.Patient, "_sort", "_lastUpdated,family")]
    [InlineData(RecordType.Patient, "_total", "yes")]
    [InlineData(RecordType.Patient, "_lastUpdated", "soon")]
    [InlineData(RecordType.Patient, "_id", "a,,b")]
    [InlineData(RecordType.Patient, "identifier", "a|b|c")]
    [InlineData(RecordType.Patient, "identifier", "|")]
    [InlineData(RecordType.Patient, "identifier", "x,")]
    [InlineData(RecordType.EpisodeOfCare, "patient:identifier", "https://fhir.nhs.uk/Id/nhs-number|9990000019")]
    [InlineData(RecordType.EpisodeOfCare, "patient:identifier", "https://x.example|9990000018")]
    public void What_is_not_understood_is_a_400_that_names_the_parameter(RecordType type, string name, string value)
    {
        var refusal = RecordSearch.Read(type, [new(name, value)], Own).Refusal!;

        refusal.Kind.Should().Be(RefusalKind.Malformed);
        refusal.Issues.Single().Expression.Should().Be(name);
        refusal.Issues.Single().Diagnostics.Should().NotContain("9990000019");
    }

    [Theory]
    [InlineData("_count", "10")]
    [InlineData("_sort", "_lastUpdated")]
    [InlineData("_total", "none")]
    [InlineData("_summary", "count")]
    [InlineData("_format", "json")]
    [InlineData("_pretty", "true")]
    public void What_can_be_told_once_only_is_a_400_when_told_twice(string name, string value) =>
        RecordSearch
            .Read(RecordType.Flag, [new(name, value), new(name, value)], Own)
            .Refusal!.Kind.Should()
            .Be(RefusalKind.Malformed);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("1000", 1_000)]
    [InlineData("1001", 1_000)]
    [InlineData("99999999999999999999", 1_000)]
    public void A_huge_count_is_capped(string value, int count) =>
        Parse(RecordType.Flag, "_count", value).Count.Should().Be(count);

    [Theory]
    [InlineData(RecordType.Patient, "identifier", "https://fhir.cpis.example/Id/local-person/XEL01|1")]
    [InlineData(RecordType.EpisodeOfCare, "identifier", "https://fhir.cpis.example/Id/plan/XEL01|1")]
    [InlineData(
        RecordType.EpisodeOfCare,
        "organization:identifier",
        "https://fhir.nhs.uk/Id/ods-organization-code|XEL01"
    )]
    public void A_search_that_names_another_authority_is_403(RecordType type, string name, string value) =>
        RecordSearch.Read(type, [new(name, value)], Own).Refusal!.Kind.Should().Be(RefusalKind.Forbidden);

    [Theory]
    [InlineData("_lastUpdated", RecordOrder.OldestFirst)]
    [InlineData("-_lastUpdated", RecordOrder.NewestFirst)]
    public void Results_are_sorted_by_time(string value, RecordOrder order) =>
        Parse(RecordType.Flag, "_sort", value).Order.Should().Be(order);

    [Theory]
    [InlineData("2026", "2026-01-01T00:00:00.000Z", "2026-12-31T23:59:59.999Z")]
    [InlineData("2026-07", "2026-06-30T23:00:00.000Z", "2026-07-31T22:59:59.999Z")] // London summer
    [InlineData("2026-11-23", "2026-11-23T00:00:00.000Z", "2026-11-23T23:59:59.999Z")]
    [InlineData("2026-11-23T10:00Z", "2026-11-23T10:00:00.000Z", "2026-11-23T10:00:59.999Z")]
    [InlineData("2026-11-23T10:00:05+01:00", "2026-11-23T09:00:05.000Z", "2026-11-23T09:00:05.999Z")]
    [InlineData("2026-11-23T10:00:05 01:00", "2026-11-23T09:00:05.000Z", "2026-11-23T09:00:05.999Z")]
    [InlineData("2026-11-23T10:00:05.250Z", "2026-11-23T10:00:05.250Z", "2026-11-23T10:00:05.250Z")]
    [InlineData("ge2026-11-23", "2026-11-23T00:00:00.000Z", null)]
    [InlineData("gt2026-11-23", "2026-11-24T00:00:00.000Z", null)]
    [InlineData("le2026-11-23", null, "2026-11-23T23:59:59.999Z")]
    [InlineData("lt2026-11-23", null, "2026-11-22T23:59:59.999Z")]
    public void A_partial_time_covers_all_of_itself(string value, string? from, string? to)
    {
        var condition = Parse(RecordType.Flag, "_lastUpdated", value)
            .Conditions.Single()
            .Should()
            .BeOfType<Condition.UpdatedWithin>()
            .Subject;

        (condition.Range.From is { } f ? SearchsetWriter.Instant(f) : null).Should().Be(from);
        (condition.Range.To is { } t ? SearchsetWriter.Instant(t) : null).Should().Be(to);
    }

    [Fact]
    public void An_unknown_parameter_is_answered_with_those_that_there_are() =>
        RecordSearch
            .Read(RecordType.Organization, [new("foo", "x")], Own)
            .Refusal!.Issues.Single()
            .Diagnostics.Should()
            .Be(
                "'foo' is not a supported search parameter for Organization. Supported: _count, _elements, _format, _id, _lastUpdated, _pretty, _sort, _summary, _total, identifier, name."
            );

    [Theory]
    [InlineData("ttl")]
    [InlineData("application/fhir+turtle")]
    [InlineData("html")]
    public void A_format_that_is_neither_JSON_nor_XML_is_406(string format) =>
        RecordSearch
            .Read(RecordType.Flag, [new("_format", format)], Own)
            .Refusal!.Kind.Should()
            .Be(RefusalKind.NotAcceptable);

    [Theory]
    [InlineData("json")]
    [InlineData("text/json")]
    [InlineData("application/json")]
    [InlineData("application/fhir+json")]
    [InlineData("application/fhir json")] // a plus that came unescaped
    [InlineData("xml")]
    [InlineData("text/xml")]
    [InlineData("application/xml")]
    [InlineData("application/fhir+xml")]
    [InlineData("application/fhir xml")]
    public void JSON_and_XML_have_these_names(string format) =>
        RecordSearch.Read(RecordType.Flag, [new("_format", format)], Own).Refusal.Should().BeNull();

    [Fact]
    public void A_summary_of_count_gives_the_total_only() =>
        Parse(RecordType.Flag, "_summary", "count").Count.Should().Be(0);

    [Fact]
    public void Ids_that_are_sent_twice_must_both_hold()
    {
        var query = RecordSearch.Read(RecordType.Flag, [new("_id", "a,b"), new("_id", "b,c")], Own).Value;

        query.Conditions.Single().Should().BeOfType<Condition.AnyId>().Subject.Ids.Should().Equal("b");
    }

    [Fact]
    public void Chaining_asks_the_same_as_the_modifier()
    {
        const string value = "https://fhir.nhs.uk/Id/nhs-number|9990000018";

        Parse(RecordType.Flag, "patient.identifier", value)
            .Conditions.Should()
            .BeEquivalentTo(
                Parse(RecordType.Flag, "subject:identifier", value).Conditions,
                o => o.RespectingRuntimeTypes()
            );
    }

    [Fact]
    public void An_operator_searches_everybodys_and_has_to_name_the_system()
    {
        var query = RecordSearch.Read(RecordType.Patient, [], null).Value;

        query.Authority.Should().BeNull();
        RecordSearch.Read(RecordType.Patient, [new("identifier", "L-1")], null).Refusal.Should().NotBeNull();
    }

    [Fact]
    public void A_search_of_very_many_parameters_is_a_400() =>
        RecordSearch
            .Read(
                RecordType.Patient,
                [.. Enumerable.Range(0, 33).Select(i => KeyValuePair.Create("family", $"a{i}"))],
                Own
            )
            .Refusal!.Kind.Should()
            .Be(RefusalKind.Malformed);

    private static RecordQuery Parse(RecordType type, string name, string value) =>
        RecordSearch.Read(type, [new(name, value)], Own).Value;
}
