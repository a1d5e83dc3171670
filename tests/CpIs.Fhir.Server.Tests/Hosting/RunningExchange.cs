using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Demo;
using CpIs.Fhir.Server.Hosting;
using CpIs.Fhir.Synthetic;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>
/// The whole server on a free port of loopback, with the real store in a folder of its own and the organisations and
/// clients of examples/. Nothing in it is a double; only the clock is ours.
/// </summary>
public class RunningExchange : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 6, 10, 10, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentDictionary<string, Task<Speaker>> _speakers = new();
    private readonly HttpClient _http = Servers.NewClient();
    private TestStore? _store;
    private Servers? _servers;
    private int _stem;

    public MovableClock Clock { get; } = new(Start);

    public CollectedLogs Logs { get; } = new();

    public Uri Root => _servers!.Root;

    public Uri FhirBase => new(Root, "/FHIR/R4/");

    public DateOnly Today => LondonCalendar.DayOf(Clock.GetUtcNow());

    internal IServiceProvider Services => _servers!.First;

    internal TestStore Store => _store!;

    /// <summary>What this server has for itself; it ends with it.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("cpis-http-").FullName;

    /// <summary>fhir.config.json of this server.</summary>
    protected virtual object Settings => new { Demo = new { Seed = false } };

    /// <summary>What <see cref="Settings"/> say of the address outside, without the path of the FHIR base.</summary>
    protected virtual string? PublicRoot => null;

    /// <summary>True for limits that no test reaches; else the clock stands still, and no bucket is filled again.</summary>
    protected virtual bool WithoutLimits => true;

    public async ValueTask InitializeAsync()
    {
        // What a second allows is not to depend on how much a machine does in one.
        if (!WithoutLimits)
            Clock.Stop();
        var (data, file) = (Path.Combine(Folder, "data"), Path.Combine(Folder, "fhir.config.json"));
        var settings = Settings;
        _store = await TestStore.TakeAsync(data);
        _servers = await Servers.StartAsync(async publicBaseUrl =>
        {
            await File.WriteAllTextAsync(file, _store.Settings(settings, publicBaseUrl));
            return await ExchangeHost.BuildAsync(
                new StartupArguments(Demo: true, Bench: WithoutLimits, "http://127.0.0.1:0", data, file),
                Clock,
                builder =>
                {
                    builder.Logging.ClearProviders().AddProvider(Logs).AddFilter<CollectedLogs>(null, LogLevel.Trace);
                    Adjust(builder.Services);
                },
                CancellationToken.None
            );
        });
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _http.Dispose();
        await CloseAsync();
        if (_store is not null)
            await _store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Stops the servers; what they stored stays.</summary>
    public async Task CloseAsync()
    {
        if (_servers is not null)
            await _servers.DisposeAsync();
        _servers = null;
    }

    /// <summary>A service of each server.</summary>
    internal IEnumerable<T> Each<T>()
        where T : notnull => _servers!.Each<T>();

    /// <summary>The clock jumps; tokens given before are old then.</summary>
    public void MoveTo(DateTimeOffset moment)
    {
        Clock.MoveTo(moment);
        _speakers.Clear();
    }

    /// <summary>To the first moment of a London day.</summary>
    public void MoveTo(DateOnly day) => MoveTo(LondonCalendar.StartOf(day));

    /// <summary>A client of examples/clients, signed in as the person of its file.</summary>
    public Task<Speaker> AsAsync(string client) =>
        _speakers.GetOrAdd(client, name => SignInAsync(name, Client(name).User));

    /// <summary>Signs a client in as another person, or as nobody.</summary>
    public async Task<Speaker> SignInAsync(string client, ClientUser? user)
    {
        var endpoint = new Uri(Root, "/oauth2/token");
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_assertion_type"] = ClientAssertion.Type,
                ["client_assertion"] = ClientAssertion.Create(
                    Client(client) with
                    {
                        User = user,
                    },
                    PublicRoot is null ? endpoint.ToString() : PublicRoot + "/oauth2/token",
                    Clock
                ),
            }
        );
        using var answer = await _http.PostAsync(endpoint, form);
        var body = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.Should().BeTrue(body);
        using var token = JsonDocument.Parse(body);
        return new Speaker(
            _http,
            FhirBase,
            new AuthenticationHeaderValue("Bearer", token.RootElement.GetProperty("access_token").GetString())
        );
    }

    /// <summary>Somebody without a token.</summary>
    public Speaker Anonymous => new(_http, FhirBase, null);

    internal static ClientFile Client(string name) =>
        DemoRegistrations.ReadClients().Single(client => client.ClientId == $"demo-{name}");

    /// <summary>A number that no other test of this server uses.</summary>
    public NhsNumber NewNumber()
    {
        while (true)
            if (SyntheticNhsNumbers.OfStem(500_000 + Interlocked.Increment(ref _stem)) is { } number)
                return number;
    }

    /// <summary>A child that nobody holds yet, on one active child protection plan where nothing else is said.</summary>
    public SyntheticChild NewChild(params SyntheticPlan[] plans)
    {
        var number = NewNumber();
        var ordinal = number.Digits[3..];
        return new SyntheticChild(
            number,
            $"LOCAL-{ordinal}",
            "Quickley",
            ["Wren", "Zofia"],
            Today.AddYears(-7).AddDays(-3),
            [.. (plans.Length > 0 ? plans : [Plan()]).Select((plan, i) => plan with { PlanId = $"PLAN-{ordinal}-{i}" })]
        );
    }

    /// <summary>A plan that began ten days ago.</summary>
    public SyntheticPlan Plan(
        PlanType? type = null,
        PlanStatus status = PlanStatus.Active,
        DateOnly? start = null,
        DateOnly? end = null
    ) => new("", type ?? PlanTypes.ChildProtectionPlan, status, start ?? Today.AddDays(-10), end);

    /// <summary>An authority sends children; each is stored.</summary>
    public async Task<Answer> UploadAsync(string authority, params SyntheticChild[] children)
    {
        var speaker = await AsAsync(authority);
        var answer = await speaker.PostAsync(
            "",
            SyntheticUpload.Bundle(OdsCode.Parse(Client(authority).Organisation), children, Clock.GetUtcNow())
        );
        answer.Status.Should().Be(200, answer.Text);
        return answer;
    }

    /// <summary>What the operator finds on record of the request that was answered so.</summary>
    public async Task<JsonElement> RecordOfAsync(Answer answer)
    {
        var auditor = await AsAsync("operator");
        var newest = await auditor.GetAsync("AuditEvent?_count=1000");
        newest.Status.Should().Be(200, newest.Text);
        return newest
            .Entries("AuditEvent")
            .Should()
            .ContainSingle(
                entry => entry.GetRawText().Contains(answer.Headers["X-Request-ID"]),
                "every answer to an identified caller is on record"
            )
            .Subject;
    }

    /// <summary>The same record whole, as it is stored.</summary>
    public async Task<Occurrence> OccurrenceOfAsync(Answer answer)
    {
        var id = (await RecordOfAsync(answer)).GetProperty("id").GetString()!;
        return (await Services.GetRequiredService<IOccurrenceStore>().ReadOccurrenceAsync(id, CancellationToken.None))!;
    }

    /// <summary>Changes the services after they are all there.</summary>
    protected virtual void Adjust(IServiceCollection services) { }
}
