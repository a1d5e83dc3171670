namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>Bundles: what each type has in its entries, and that entries have addresses of their own.</summary>
public sealed class BundleTests
{
    private const string Url = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520";
    private const string Child = "'resource':{'resourceType':'Patient','id':'1','active':true}";
    private const string Request = "'request':{'method':'PUT','url':'Patient/1'}";
    private const string Response = "'response':{'status':'200'}";

    private static string Verdict(string type, params string[] entries) =>
        new Synthetic().Verdict(
            $"{{'resourceType':'Bundle','type':'{type}','entry':[{string.Join(',', entries.Select(entry => $"{{{entry}}}"))}]}}",
            ""
        );

    [Theory]
    [InlineData("transaction", Child + "," + Request, "")]
    [InlineData("batch", Child + "," + Request, "")]
    [InlineData("transaction", Child, "bdl-3@Bundle")]
    [InlineData("batch", Child, "bdl-3@Bundle")]
    [InlineData("collection", "'fullUrl':'" + Url + "'," + Child + "," + Request, "bdl-3@Bundle")]
    [InlineData("transaction-response", Response, "")]
    [InlineData("batch-response", Child, "bdl-4@Bundle")]
    [InlineData("collection", "'fullUrl':'" + Url + "'," + Child + "," + Response, "bdl-4@Bundle")]
    [InlineData("history", "'fullUrl':'" + Url + "'," + Child + "," + Request + "," + Response, "")]
    [InlineData("history", "'fullUrl':'" + Url + "'," + Child + "," + Request, "bdl-4@Bundle")]
    [InlineData("searchset", "'fullUrl':'" + Url + "'," + Child + ",'search':{'mode':'match'}", "")]
    [InlineData("searchset", Child + ",'search':{'mode':'match'}", "fhir-full-url@Bundle.entry[0].fullUrl")]
    [InlineData("collection", "'fullUrl':'" + Url + "'," + Child + ",'search':{'mode':'match'}", "bdl-2@Bundle")]
    [InlineData("collection", "'fullUrl':'" + Url + "'", "bdl-5@Bundle.entry[0]")]
    [InlineData("collection", "'fullUrl':'https://example.org/Patient/1/_history/1'," + Child, "bdl-8@Bundle.entry[0]")]
    [InlineData("collection", "'fullUrl':'https://example.org/Patient/1'," + Child, "")]
    [InlineData(
        "collection",
        "'fullUrl':'https://example.org/Patient/2'," + Child,
        "fhir-full-url@Bundle.entry[0].fullUrl"
    )]
    [InlineData(
        "collection",
        "'fullUrl':'https://example.org/Flag/1'," + Child,
        "fhir-full-url@Bundle.entry[0].fullUrl"
    )]
    [InlineData("document", "'fullUrl':'" + Url + "'," + Child, "bdl-9@Bundle; bdl-10@Bundle; bdl-11@Bundle")]
    [InlineData("message", "'fullUrl':'" + Url + "'," + Child, "bdl-12@Bundle")]
    [InlineData("bogus", "'fullUrl':'" + Url + "'," + Child, "fhir-binding@Bundle.type")]
    public void Each_type_has_its_own(string type, string entry, string expected) =>
        Sorted(Verdict(type, entry)).Should().Be(Sorted(expected));

    [Fact]
    public void Two_entries_with_one_address_are_told_once() =>
        Verdict("collection", $"'fullUrl':'{Url}',{Child}", $"'fullUrl':'{Url}',{Child}", $"'fullUrl':'{Url}',{Child}")
            .Should()
            .Be("bdl-7@Bundle");

    [Fact]
    public void Two_versions_of_one_address_are_two() =>
        Verdict(
                "collection",
                $"'fullUrl':'{Url}','resource':{{'resourceType':'Patient','meta':{{'versionId':'1'}}}}",
                $"'fullUrl':'{Url}','resource':{{'resourceType':'Patient','meta':{{'versionId':'2'}}}}"
            )
            .Should()
            .Be("");

    [Fact]
    public void A_history_has_one_address_many_times() =>
        Verdict(
                "history",
                $"'fullUrl':'{Url}',{Child},{Request},{Response}",
                $"'fullUrl':'{Url}',{Child},{Request},{Response}"
            )
            .Should()
            .Be("");

    [Fact]
    public void A_urn_that_no_entry_has_is_a_warning()
    {
        var told = new Synthetic().Everything(
            $"{{'resourceType':'Bundle','type':'collection','entry':[{{'fullUrl':'{Url}','resource':{{'resourceType':'Patient','managingOrganization':{{'reference':'urn:uuid:c757873d-ec9a-4326-a141-556f43239521'}}}}}}]}}",
            ""
        );
        told.Should().Be("fhir-reference-unresolved@Bundle.entry[0].resource.managingOrganization");
    }

    [Fact]
    public void A_Bundle_in_a_Bundle_has_its_own_entries() =>
        Verdict(
                "collection",
                $"'fullUrl':'{Url}','resource':{{'resourceType':'Bundle','type':'collection','entry':[{{'fullUrl':'urn:uuid:c757873d-ec9a-4326-a141-556f43239521',{Child},{Request}}}]}}"
            )
            .Should()
            .Be("bdl-3@Bundle.entry[0].resource");

    private static string Sorted(string issues) => string.Join("; ", issues.Split("; ").Order(StringComparer.Ordinal));
}
