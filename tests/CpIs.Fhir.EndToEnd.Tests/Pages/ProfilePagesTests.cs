using Microsoft.Playwright;

namespace CpIs.Fhir.EndToEnd.Tests.Pages;

/// <summary>The pages of <c>/profiles</c> as a tester sees them, in a real browser.</summary>
public sealed class ProfilePagesTests(Browser browser) : IClassFixture<Browser>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tester_goes_from_the_index_to_a_profile_and_on_to_the_codes_of_an_element(bool withScript)
    {
        var page = await browser.OpenAsync("/profiles", withScript);
        var said = new List<string>();
        page.Console += (_, line) => said.Add(line.Text);
        page.PageError += (_, error) => said.Add(error);
        await page.GetByRole(AriaRole.Table, new() { Name = "Upload" })
            .GetByRole(AriaRole.Link, new() { Name = "CP-IS Flag" })
            .ClickAsync();

        (await HeadingAsync(page)).Should().Be("CP-IS Flag");
        var headings = await page.GetByRole(AriaRole.Heading, new() { Level = 2 }).AllInnerTextsAsync();
        headings.Should().Equal("Elements", "Prohibited", "Bindings", "Rules", "Examples", "Differs from R4");
        var status = page.GetByRole(AriaRole.Table, new() { Name = "Elements that are allowed" })
            .GetByRole(AriaRole.Row)
            .Filter(new() { Has = page.GetByRole(AriaRole.Rowheader, new() { Name = "Flag.status", Exact = true }) });
        (await status.InnerTextAsync()).Should().Contain("1..1").And.Contain("code").And.Contain("Required");
        await page.GetByRole(AriaRole.Table, new() { Name = "Where codes come from" })
            .GetByRole(AriaRole.Link, new() { Name = "CP-IS plan type" })
            .ClickAsync();

        (await HeadingAsync(page)).Should().Be("CP-IS plan type");
        (await page.GetByRole(AriaRole.Cell, new() { Name = "Looked after child" }).CountAsync()).Should().Be(1);
        await page.GetByRole(AriaRole.Link, new() { Name = "Flag.code" }).ClickAsync();
        page.Url.Should().EndWith("/profiles/StructureDefinition/CPIS-Flag#Flag.code");
        (await page.Locator("tr:target").InnerTextAsync()).Should().Contain("CP-IS plan type");
        said.Should().BeEmpty();
    }

    [Fact]
    public async Task A_bad_example_shows_its_rule_beside_the_line_and_the_rule_is_explained()
    {
        var page = await browser.OpenAsync("/profiles/StructureDefinition/CPIS-Flag");
        var row = page.GetByRole(AriaRole.Table, new() { Name = "Bad examples, each with one fault" })
            .GetByRole(AriaRole.Row)
            .Filter(new() { HasText = "nine digits" });
        await row.GetByRole(AriaRole.Link, new() { Name = "cpis-nhs-number" }).ClickAsync();
        (await page.Locator("tr:target").InnerTextAsync()).Should().Contain("cpis-nhs-number");
        await row.GetByRole(AriaRole.Link, new() { Name = "nine digits" }).ClickAsync();

        (await HeadingAsync(page)).Should().Be("Bad example: nine digits");
        (await page.Locator("li.cpis-marked").InnerTextAsync()).Should().Contain("cpis-nhs-number");
    }

    [Theory]
    [InlineData("/profiles", 1280)]
    [InlineData("/profiles", 320)]
    [InlineData("/profiles/StructureDefinition/CPIS-AuditEvent", 1280)]
    [InlineData("/profiles/StructureDefinition/CPIS-AuditEvent", 320)]
    [InlineData("/profiles/CapabilityStatement/cpis-server", 1280)]
    [InlineData("/profiles/CapabilityStatement/cpis-server", 320)]
    [InlineData("/profiles/CodeSystem/rule", 320)]
    [InlineData("/profiles/OperationDefinition/validate", 320)]
    [InlineData("/profiles/Basic/record-accessed", 320)]
    [InlineData("/profiles/examples/good/Bundle-upload", 320)]
    public async Task A_page_needs_no_sideways_scrolling_and_its_tables_are_named_and_headed(string path, int width)
    {
        var page = await browser.OpenAsync(path);
        await page.SetViewportSizeAsync(width, 800);

        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(width);
        (await page.Locator("h1").CountAsync()).Should().Be(1);
        var tables = await page.GetByRole(AriaRole.Table).AllAsync();
        foreach (var table in tables)
        {
            (await table.Locator("caption").InnerTextAsync()).Should().NotBeEmpty();
            (await table.GetByRole(AriaRole.Columnheader).CountAsync()).Should().BePositive();
            (await table.Locator("tbody tr").CountAsync())
                .Should()
                .Be(await table.GetByRole(AriaRole.Rowheader).CountAsync());
        }

        var heading = page.Locator("tbody .nhsuk-table-responsive__heading").First;
        if (tables.Count > 0)
            (await heading.IsVisibleAsync())
                .Should()
                .Be(width < 769, "each cell says its column where columns have no room");
    }

    private static Task<string> HeadingAsync(IPage page) =>
        page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync();
}
