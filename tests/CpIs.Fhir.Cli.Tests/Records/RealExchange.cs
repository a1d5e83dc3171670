using System.Globalization;
using CpIs.Fhir.Cli.Tests.Profiles;
using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Hosting;
using CpIs.Fhir.Synthetic;
using Microsoft.AspNetCore.Builder;

namespace CpIs.Fhir.Cli.Tests.Records;

/// <summary>The whole server on a free port, with the clients of examples/ and nobody's children: those the tests send.</summary>
[CollectionDefinition(Shared)]
public sealed class RealExchange : IAsyncLifetime, ICollectionFixture<RealExchange>
{
    /// <summary>The collection of those who share one.</summary>
    public const string Shared = "one real exchange";

    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-real-").FullName;
    private WebApplication? _app;
    private int _stem = 300_000;

    public static DateOnly Today => LondonCalendar.DayOf(DateTimeOffset.UtcNow);

    private string Root => _app!.Urls.First();

    public async ValueTask InitializeAsync()
    {
        var config = Path.Combine(_folder, "fhir.config.json");
        await File.WriteAllTextAsync(
            config,
            """{"Demo":{"Seed":false},"LookUp":{"TimeoutSeconds":60},"Protected":{"Phone":"0300 555 0199"}}"""
        );
        _app = await ExchangeHost.BuildAsync(
            // With the limits of a benchmark, so that no test waits for another.
            new StartupArguments(Demo: true, Bench: true, "http://127.0.0.1:0", Path.Combine(_folder, "data"), config),
            CancellationToken.None
        );
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A child that nobody holds yet, with plans of these types that began ten days ago.</summary>
    internal SyntheticChild NewChild(params PlanType[] types)
    {
        NhsNumber? number = null;
        while (number is null)
            number = SyntheticNhsNumbers.OfStem(Interlocked.Increment(ref _stem));
        var ordinal = number.Value.Digits[3..];
        return new SyntheticChild(
            number.Value,
            $"LOCAL-{ordinal}",
            "Quickley",
            ["Wren", "Zofia"],
            Today.AddYears(-7),
            [
                .. types.Select(type => new SyntheticPlan(
                    $"{type.Name}-{ordinal}",
                    type,
                    PlanStatus.Active,
                    Today.AddDays(-10),
                    null
                )),
            ]
        );
    }

    /// <summary>A child on one child protection plan, held by XHF01.</summary>
    internal async Task<SyntheticChild> HeldAsync(params PlanType[] types)
    {
        var child = NewChild(types.Length > 0 ? types : [PlanTypes.ChildProtectionPlan]);
        await UploadAsync("authority-xhf01", "XHF01", [child]);
        return child;
    }

    /// <summary>An authority sends children; each is stored.</summary>
    internal async Task UploadAsync(
        string client,
        string authority,
        IReadOnlyList<SyntheticChild> children,
        DateTimeOffset? taken = null
    )
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.json");
        await File.WriteAllBytesAsync(
            file,
            SyntheticUpload.Bundle(OdsCode.Parse(authority), children, taken).ToArray()
        );
        (await AsAsync(client, "upload", file)).Code.Should().Be(0);
    }

    /// <summary>An authority sends a daily file, as its case system would.</summary>
    internal async Task SendFileAsync(string client, string query, string lines)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await AsAsync(client, "token")).Out.Trim());
        using var body = new StringContent(lines, System.Text.Encoding.UTF8, "application/fhir+ndjson");
        using var answer = await http.PostAsync(new Uri($"{Root}/FHIR/R4/$upload?{query}"), body);
        answer.IsSuccessStatusCode.Should().BeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Runs the tool as a client of examples/clients.</summary>
    internal Task<Ended> AsAsync(string client, params string[] args) => Invocation.RunAsync(As(client, args));

    /// <summary>The same with a person at the terminal.</summary>
    internal Task<Ended> TypedAsync(string client, string typed, params string[] args) =>
        Invocation.TypedAsync(As(client, args), typed);

    /// <summary>Starts a run that goes on.</summary>
    internal Invocation StartAs(string client, params string[] args) => Invocation.Start(As(client, args));

    internal static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private string[] As(string client, string[] args) =>
        [.. args, "--server", Root, "--client", Path.Combine(Checkout.Root, "examples", "clients", client + ".json")];
}
