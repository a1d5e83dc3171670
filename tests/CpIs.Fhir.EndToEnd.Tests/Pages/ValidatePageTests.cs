using CpIs.Fhir.EndToEnd.Tests.Processes;
using Microsoft.Playwright;

namespace CpIs.Fhir.EndToEnd.Tests.Pages;

/// <summary>The page <c>/validate</c> as a tester sees it, in a real browser.</summary>
public sealed class ValidatePageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Bad = "{\n  \"resourceType\": \"Patient\",\n  \"gender\": \"wren\"\n}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_pasted_is_shown_with_its_problem_beside_the_line_with_and_without_script(bool withScript)
    {
        var page = await browser.OpenAsync("/validate", withScript);
        await page.GetByLabel("Resource", new() { Exact = true }).FillAsync(Bad);
        await page.GetByRole(AriaRole.Button, new() { Name = "Validate" }).ClickAsync();

        (await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync()).Should().Be("1 error");
        var marked = page.Locator("li.cpis-marked");
        (await marked.CountAsync()).Should().Be(1);
        (await marked.InnerTextAsync()).Should().Contain("\"gender\": \"wren\"").And.Contain("fhir-binding");
        (await marked.Locator(".cpis-number").InnerTextAsync()).Should().Be("3");
        (await page.GetByLabel("Resource", new() { Exact = true }).InputValueAsync())
            .Should()
            .Be(Bad, "to be mended and sent again");
    }

    [Fact]
    public async Task A_file_and_a_profile_are_chosen_and_the_problem_is_reached_by_its_link()
    {
        var page = await browser.OpenAsync("/validate", withScript: false);
        var file = Path.Combine(Repository.Root, "examples", "bad", "CPIS-Flag", "fhir-binding-status-finished.json");
        await page.GetByLabel("Or a file").SetInputFilesAsync(file);
        await page.GetByLabel("Profile").SelectOptionAsync(new SelectOptionValue { Label = "CPIS-Flag" });
        await page.GetByRole(AriaRole.Button, new() { Name = "Validate" }).ClickAsync();

        (await page.ContentAsync()).Should().Contain("fhir-binding-status-finished.json");
        await page.Locator("a[href='#issue-1']").ClickAsync();
        page.Url.Should().EndWith("#issue-1");
        (await page.Locator("#issue-1").IsVisibleAsync()).Should().BeTrue();
        (await page.GetByLabel("Profile").InputValueAsync()).Should().EndWith("/CPIS-Flag");
    }

    [Fact]
    public async Task A_good_resource_is_told_so()
    {
        var page = await browser.OpenAsync("/validate");
        var text = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "examples", "resources", "Flag-cpp-0001.json")
        );
        await page.GetByLabel("Resource", new() { Exact = true }).FillAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "Validate" }).ClickAsync();

        (await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync()).Should().Be("No problems found");
        (await page.Locator(".cpis-issue").CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task The_form_is_filled_and_sent_by_keyboard_alone_and_an_empty_one_is_explained()
    {
        var page = await browser.OpenAsync("/validate", withScript: false);
        await page.Keyboard.PressAsync("Tab");
        (await page.Locator(":focus").InnerTextAsync()).Should().Be("Skip to main content");
        var stops = new List<string?>();
        for (var i = 0; i < 7; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            stops.Add(
                await page.Locator(":focus").GetAttributeAsync("id") ?? await page.Locator(":focus").InnerTextAsync()
            );
        }

        stops.Should().Equal("CP-IS exchange", "Profiles", "Validate", "text", "file", "profile", "Validate");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        (await page.TitleAsync()).Should().StartWith("Error: ");
        await page.GetByRole(AriaRole.Alert).GetByRole(AriaRole.Link).ClickAsync();
        page.Url.Should().EndWith("#text");
    }

    [Fact]
    public async Task Nothing_is_asked_of_another_server_and_nothing_is_blocked()
    {
        var page = await browser.OpenAsync("/validate");
        var (asked, said) = (new List<string>(), new List<string>());
        page.Request += (_, request) => asked.Add(request.Url);
        page.Console += (_, line) => said.Add(line.Text);
        page.PageError += (_, error) => said.Add(error);
        await page.GetByLabel("Resource", new() { Exact = true })
            .FillAsync(Bad.Replace("wren", "<img src=x onerror=alert(1)>", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "Validate" }).ClickAsync();
        await page.Locator(".cpis-issue").First.WaitForAsync();

        asked.Should().NotBeEmpty().And.OnlyContain(url => new Uri(url).Authority == new Uri(page.Url).Authority);
        said.Should().BeEmpty();
        (await page.Locator("img").CountAsync()).Should().Be(0, "what was sent is shown as text");
        (await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.nhsuk-header')).backgroundColor"))
            .Should()
            .Be("rgb(0, 94, 184)", "the style sheet is there");
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(320)]
    public async Task A_page_needs_no_sideways_scrolling_and_each_field_has_its_label(int width)
    {
        var page = await browser.OpenAsync("/validate");
        await page.SetViewportSizeAsync(width, 800);
        await page.GetByLabel("Resource", new() { Exact = true })
            .FillAsync(Bad.Replace("wren", new string('x', 300), StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "Validate" }).ClickAsync();
        await page.Locator(".cpis-issue").First.WaitForAsync();

        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(width);
        (
            await page.EvaluateAsync<int>(
                "[...document.querySelectorAll('input,textarea,select')].filter(f => !f.labels.length).length"
            )
        )
            .Should()
            .Be(0);
        (await page.Locator("html").GetAttributeAsync("lang")).Should().Be("en");
        (await page.Locator("h1").CountAsync()).Should().Be(1);
    }
}
