using Microsoft.Playwright;

namespace CpIs.Fhir.EndToEnd.Tests.Pages;

/// <summary>The way in for a person with a browser, in a real one.</summary>
public sealed class HomePagesTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task From_the_root_a_person_comes_to_the_FHIR_base_and_back_and_on_to_the_profiles()
    {
        var page = await browser.OpenAsync("/", withScript: false);
        (await HeadingAsync(page)).Should().Be("Child Protection - Information Sharing");

        await page.GetByRole(AriaRole.Link, new() { Name = "The FHIR base" }).ClickAsync();
        (await HeadingAsync(page)).Should().Be("The FHIR base of this exchange");
        await page.GetByRole(AriaRole.Link, new() { Name = "CP-IS exchange" }).ClickAsync();
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Profiles" }).ClickAsync();
        (await HeadingAsync(page)).Should().Be("Profiles");
    }

    [Fact]
    public async Task A_request_is_chosen_from_the_list_and_sent_and_a_token_is_got_without_script()
    {
        var page = await browser.OpenAsync("/try", withScript: false);
        await page.GetByRole(AriaRole.Link, new() { Name = "/FHIR/R4/Organization", Exact = true }).First.ClickAsync();
        await page.GetByLabel("Client").SelectOptionAsync("demo-operator");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        (await page.Locator("#answer").InnerTextAsync()).Should().Be("200 OK");
        (await page.Locator("pre").InnerTextAsync()).Should().Contain("\"resourceType\": \"Bundle\"");

        await page.GetByRole(AriaRole.Button, new() { Name = "Get a token" }).ClickAsync();
        (await page.Locator("pre").InnerTextAsync()).Should().StartWith("ey");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/FHIR/R4")]
    [InlineData("/try")]
    public async Task Nothing_is_cut_off_on_a_narrow_screen(string path)
    {
        var page = await browser.OpenAsync(path);
        await page.SetViewportSizeAsync(320, 640);

        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(320);
    }

    private static Task<string> HeadingAsync(IPage page) =>
        page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync();
}
