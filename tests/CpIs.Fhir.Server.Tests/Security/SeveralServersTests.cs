using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Server.Administration;
using CpIs.Fhir.Server.Security;
using CpIs.Fhir.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Server.Tests.Security;

/// <summary>What several servers on one store must agree on: who is registered, and which keys sign.</summary>
public sealed class SeveralServersTests : IAsyncLifetime
{
    private static readonly Actor Operator = new("op", OdsCode.Parse("XOP01"), "Operator", Guid.NewGuid().ToString());

    private readonly string _directory = Directory.CreateTempSubdirectory("cpis-several-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly IdGenerator _ids = new(TimeProvider.System);
    private TestStore _place = null!;
    private IExchangeStore _store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _place = await TestStore.TakeAsync(_directory);
        _store = await _place.OpenAsync(TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _place.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Two_servers_that_change_one_registration_at_once_undo_nothing_of_each_other()
    {
        using var one = new DirectorySource(_store);
        using var other = new DirectorySource(_store);
        using var writer = new RegistrationWriter(_store, one, _ids, _time);
        using var otherWriter = new RegistrationWriter(_store, other, _ids, _time);
        var organisation = new Organisation
        {
            Code = OdsCode.Parse("XRACE1"),
            Name = "Race",
            Kind = CallerKind.Authority,
            ResourceId = "XRACE1",
            EmergencyDutyPhone = "01632960000",
        };
        (await writer.PutAsync(organisation, Operator, Stop)).Refusal.Should().BeNull();
        for (var i = 1; i <= 25; i++)
        {
            (await writer.SuspendAsync(organisation.Code, false, Operator, Stop)).Refusal.Should().BeNull();
            var suspending = Task.Run(() => otherWriter.SuspendAsync(organisation.Code, true, Operator, Stop), Stop);
            var renaming = Task.Run(
                () => writer.PutAsync(organisation with { Name = $"Race {i}" }, Operator, Stop),
                Stop
            );
            (await suspending).Refusal.Should().BeNull();
            (await renaming).Refusal.Should().BeNull();

            foreach (var directory in new[] { one, other })
            {
                var known = (await directory.RefreshAsync(Stop)).Find(organisation.Code)!;
                (known.Suspended, known.Name).Should().Be((true, $"Race {i}"));
            }
        }

        var resource = await _store.ReadAsync(RecordType.Organization, "XRACE1", null, Stop);
        resource!.Version.Should().Be(26, "each new name is one version, and a suspension none");
        var audit = await _store.SearchOccurrencesAsync(
            new OccurrenceQuery { Kind = OccurrenceKind.Administration, Count = 0 },
            Stop
        );
        audit.Total.Should().Be(1 + 25 * 3 - 1, "every change is told once, and the first restoring changed nothing");
    }

    [Fact]
    public async Task Servers_that_start_at_once_on_an_empty_store_have_the_same_first_key_of_each_purpose()
    {
        var rings = Enumerable.Range(0, 6).Select(_ => Ring(TimeProvider.System)).ToList();

        await Task.WhenAll(rings.Select(ring => Task.Run(() => ring.LoadAsync(Stop), Stop)));

        foreach (var purpose in KeyPurposes.All)
        {
            (await _store.ReadKeysAsync(purpose, Stop)).Should().ContainSingle();
            rings.Select(ring => ring.Current(purpose).Id).Distinct().Should().ContainSingle();
        }
    }

    [Fact]
    public async Task A_server_that_died_while_it_made_the_first_keys_holds_up_the_next_for_its_lease_only()
    {
        await new ServerLeases(_store, _ids, _time).TryHoldAsync("keys", TimeSpan.FromSeconds(30), Stop);
        await _store.SaveKeyAsync(new SigningKey(KeyPurposes.Token, "half", new byte[1], _time.GetUtcNow()), Stop);
        var next = Ring(_time);

        var loading = next.LoadAsync(Stop);
        for (var waited = 0; waited < 29; waited++)
            _time.Advance(TimeSpan.FromSeconds(1));
        loading.IsCompleted.Should().BeFalse();
        while (!loading.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await loading;
        next.Current(KeyPurposes.Token).Id.Should().Be("half");
        next.Published(KeyPurposes.Webhook).Should().ContainSingle();
    }

    [Fact]
    public async Task Keys_that_several_servers_rotate_at_once_are_known_everywhere_before_they_sign()
    {
        var rings = Enumerable.Range(0, 5).Select(_ => Ring(_time, TimeProvider.System)).ToList();
        await _store.SaveKeyAsync(new SigningKey(KeyPurposes.Token, "unused", new byte[1], _time.GetUtcNow()), Stop);
        foreach (var ring in rings)
            await ring.LoadAsync(Stop);
        var first = rings[0].Current(KeyPurposes.Cursor).Id;

        await Task.WhenAll(rings.Select(r => Task.Run(() => r.RotateAsync(KeyPurposes.Cursor, Stop), Stop)));

        rings.Select(r => r.Current(KeyPurposes.Cursor).Id).Should().OnlyContain(id => id == first, "none signs yet");
        foreach (var ring in rings)
            await ring.RefreshAsync(Stop);
        for (var second = 0; second < 40; second++)
        {
            var signing = rings.Select(r => r.Current(KeyPurposes.Cursor).Id).ToList();
            foreach (var ring in rings)
                ring.Published(KeyPurposes.Cursor).Select(k => k.Id).Should().Contain(signing);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        (await _store.ReadKeysAsync(KeyPurposes.Cursor, Stop))
            .Where(k => k.Retired is null)
            .Should()
            .ContainSingle("each rotation retires what was there before it")
            .Which.Id.Should()
            .Be(rings[0].Current(KeyPurposes.Cursor).Id);
    }

    private KeyRing Ring(TimeProvider time, TimeProvider? leases = null) =>
        new(_store, new ServerLeases(_store, _ids, leases ?? time), _ids, time);
}
