using System.Net;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Limits;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Server.Security;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Server.Tests.Security;

/// <summary>The limits of two servers, each with its own key ring over one store, and what they tell each other.</summary>
public sealed class SharedLimitsTests : IAsyncLifetime
{
    private static readonly Caller Nurse = new(
        "hospital-ed",
        OdsCode.Parse("RWH01"),
        "Hospital",
        CallerKind.Setting,
        new Person("555000000001", "555000000099", "R0260", "Nurse", "Ann Example"),
        [],
        []
    );

    private readonly string _directory = Directory.CreateTempSubdirectory("cpis-limits-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly MemoryUses _ledger = new();
    private TestStore _place = null!;
    private IExchangeStore _store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _place = await TestStore.TakeAsync(_directory);
        _store = await _place.OpenAsync(TimeProvider.System);
        await _store.SaveKeyAsync(new SigningKey(KeyPurposes.Token, "unused", new byte[1], _time.GetUtcNow()), Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _place.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("person")]
    [InlineData("client")]
    [InlineData("token")]
    [InlineData("address")]
    public async Task What_is_used_up_on_one_server_is_used_up_on_the_other(string limit)
    {
        var (one, tell) = await ServerAsync(limit);
        var (other, hear) = await ServerAsync(limit);
        await hear.StepAsync(Stop);
        Ask(one, limit).Should().BeNull();
        Ask(one, limit).Should().BeNull();
        Ask(one, limit)!.Kind.Should().Be(RefusalKind.TooMany);

        await tell.StepAsync(Stop);
        await hear.StepAsync(Stop);

        var refusal = Ask(other, limit);
        refusal!.Kind.Should().Be(RefusalKind.TooMany);
        refusal.RetryAfter.Should().BePositive().And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_servers_tell_each_other_names_nobody()
    {
        var (server, exchange) = await ServerAsync("none");
        foreach (var limit in new[] { "person", "token", "address" })
            Ask(server, limit).Should().BeNull();
        await exchange.StepAsync(Stop);

        var uses = _ledger.Reports.Single().Uses;
        uses.Should().HaveCount(4).And.OnlyContain(u => u.Count == 1 && u.Key.Length == 23);
        var told = string.Join(' ', uses.Select(u => u.Key));
        foreach (var name in new[] { "hospital", "555000000001", "RWH01", "192.0.2.7" })
            told.Should().NotContain(name);
    }

    private static Refusal? Ask(RequestLimits limits, string limit) =>
        limit switch
        {
            "token" => limits.CheckToken(Nurse.ClientId),
            "address" => limits.Check(Charge.Token, IPAddress.Parse("192.0.2.7")),
            _ => limits.Check(Nurse),
        };

    private async Task<(RequestLimits, UseExchange)> ServerAsync(string narrow)
    {
        var ids = new IdGenerator(_time);
        var leases = new ServerLeases(_store, ids, _time);
        var keys = new KeyRing(_store, leases, ids, _time);
        await keys.LoadAsync(Stop);
        var options = new LimitOptions();
        options = narrow switch
        {
            "person" => options with { PersonPerSecond = 1, PersonBurst = 2 },
            "client" => options with { ClientPerSecond = 1, ClientBurst = 2 },
            "token" => options with { TokensPerSecond = 1, TokenBurst = 2 },
            "address" => options with { AddressPerSecond = 1, AddressBurst = 2 },
            _ => options,
        };
        var limits = new RequestLimits(options, new LimitKeys(keys), _time);
        return (limits, new UseExchange(_ledger, leases.Server, limits.All, _time));
    }
}
