using CpIs.Fhir.EndToEnd.Tests.Processes;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Playwright;

namespace CpIs.Fhir.EndToEnd.Tests.Pages;

/// <summary>A real server with its pages, and a Chromium that looks at them. The Chromium is the machine's own, found by PATH.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Names =
    [
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
    ];

    private readonly string _data = Directory.CreateTempSubdirectory("cpis-pages-").FullName;
    private ExchangeProcess? _exchange;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Null where there is no Chromium.</summary>
    private static string? Executable { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    private static bool MustRun => Environment.GetEnvironmentVariable("CI") == "true";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Executable is null)
            return;
        _exchange = await ExchangeProcess.StartAsync(_data);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = ["--no-sandbox"] }
        );
    }

    /// <summary>A page of the server in a window of its own; the test is skipped where there is no Chromium, but never in CI.</summary>
    public async Task<IPage> OpenAsync(string path, bool withScript = true)
    {
        Assert.SkipWhen(Executable is null && !MustRun, "There is no Chromium on this machine's PATH.");
        Executable.Should().NotBeNull("in CI the pages are looked at");
        var window = await _browser!.NewContextAsync(
            new BrowserNewContextOptions { JavaScriptEnabled = withScript, BaseURL = _exchange!.Root.ToString() }
        );
        var page = await window.NewPageAsync();
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        (await page.GotoAsync(path))!.Status.Should().Be(200);
        return page;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_exchange is not null)
            await _exchange.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
