using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;

namespace CpIs.Fhir.Server.Tests.Security;

public sealed class KeyRotationTests : IAsyncLifetime
{
    private SecurityHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await SecurityHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_new_key_is_published_at_once_signs_soon_and_the_old_one_is_accepted_until_its_tokens_end()
    {
        var before = await _host.TokenAsync("demo-tester");
        var oldKey = new JsonWebToken(before).Kid;
        (await PublishedAsync()).Should().Equal(oldKey);

        var (status, _, _) = await _host.SendAsync(
            HttpMethod.Post,
            "/admin/keys/token/rotate",
            await _host.TokenAsync("demo-operator")
        );

        status.Should().Be(200);
        (await PublishedAsync()).Should().HaveCount(2).And.Contain(oldKey);
        new JsonWebToken(await _host.TokenAsync("demo-tester"))
            .Kid.Should()
            .Be(oldKey, "others do not know the new one yet");

        _host.Time.Advance(KeyRing.ActivationDelay);
        await _host.RefreshAsync();
        var after = await _host.TokenAsync("demo-tester");
        new JsonWebToken(after).Kid.Should().NotBe(oldKey);
        (await _host.StatusAsync("/FHIR/R4/whoami", before)).Should().Be(200);
        (await _host.StatusAsync("/FHIR/R4/whoami", after)).Should().Be(200);

        _host.Time.Advance(KeyPurposes.PublishedAfterRetirement(KeyPurposes.Token));
        await _host.RefreshAsync();
        (await PublishedAsync()).Should().Equal(new JsonWebToken(after).Kid);
    }

    [Fact]
    public async Task Another_server_on_the_same_store_learns_the_key_before_it_signs()
    {
        var other = Ring(_host.Store, _host.Time);
        await other.LoadAsync(TestContext.Current.CancellationToken);
        other
            .Current(KeyPurposes.Token)
            .Id.Should()
            .Be(_host.Services.GetRequiredService<KeyRing>().Current(KeyPurposes.Token).Id);

        var successor = await other.RotateAsync(KeyPurposes.Token, TestContext.Current.CancellationToken);
        await _host.Services.GetRequiredService<KeyRing>().RefreshAsync(TestContext.Current.CancellationToken);

        _host.Services.GetRequiredService<TokenKeys>().Verifying.Select(k => k.KeyId).Should().Contain(successor.Id);
    }

    [Fact]
    public async Task A_cursor_opens_for_its_organisation_alone_and_survives_a_rotation()
    {
        var cursors = _host.Services.GetRequiredService<CursorProtector>();
        var cursor = cursors.Protect("page 2"u8, "XHF01");
        await _host
            .Services.GetRequiredService<KeyRing>()
            .RotateAsync(KeyPurposes.Cursor, TestContext.Current.CancellationToken);
        _host.Time.Advance(KeyRing.ActivationDelay);

        cursors.TryUnprotect(cursor, "XHF01", out var opened).Should().BeTrue();
        opened.Should().Equal("page 2"u8.ToArray());
        cursors.TryUnprotect(cursor, "XBR02", out _).Should().BeFalse();
        cursors.TryUnprotect(cursor[..^2] + "AA", "XHF01", out _).Should().BeFalse();
        cursors.TryUnprotect("", "XHF01", out _).Should().BeFalse();
        cursors.TryUnprotect("not a cursor", "XHF01", out _).Should().BeFalse();
    }

    [Fact]
    public async Task The_list_of_keys_shows_no_secret()
    {
        var (_, body, _) = await _host.SendAsync(
            HttpMethod.Get,
            "/admin/keys",
            await _host.TokenAsync("demo-operator")
        );
        body.GetProperty("items").GetArrayLength().Should().Be(3);
        foreach (var key in body.GetProperty("items").EnumerateArray())
            key.EnumerateObject().Select(m => m.Name).Should().BeSubsetOf(["purpose", "id", "state", "from", "until"]);
    }

    private static KeyRing Ring(IExchangeStore store, TimeProvider time)
    {
        var ids = new IdGenerator(time);
        return new KeyRing(store, new ServerLeases(store, ids, time), ids, time);
    }

    private async Task<IEnumerable<string?>> PublishedAsync()
    {
        var (status, body, _) = await _host.SendAsync(HttpMethod.Get, "/.well-known/jwks.json", null);
        status.Should().Be(200);
        foreach (var key in body.GetProperty("keys").EnumerateArray())
            key.EnumerateObject().Select(m => m.Name).Should().NotContain(["d", "p", "q", "dp", "dq", "qi"]);
        return body.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()).ToList();
    }
}
