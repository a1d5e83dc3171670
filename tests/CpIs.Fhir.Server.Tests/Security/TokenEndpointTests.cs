using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Security;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CpIs.Fhir.Server.Tests.Security;

public sealed class TokenEndpointTests(SecurityFixture fixture) : IClassFixture<SecurityFixture>
{
    private readonly SecurityHost _host = fixture.Host;

    [Theory]
    [InlineData("demo-hareford-ed", "ES384")]
    [InlineData("demo-authority-xbr02", "RS384")]
    [InlineData("demo-hareford-ed-triage", "RS512")]
    public async Task A_registered_client_gets_a_token_of_five_minutes(string clientId, string algorithm)
    {
        SecurityHost.Client(clientId).Jwk.GetProperty("alg").GetString().Should().Be(algorithm);

        var (status, body) = await _host.AskAsync(
            ClientAssertion.Create(SecurityHost.Client(clientId), _host.TokenEndpoint, _host.Time)
        );

        status.Should().Be(200, body.ToString());
        body.GetProperty("token_type").GetString().Should().Be("Bearer");
        body.GetProperty("expires_in").GetInt32().Should().BeInRange(298, 300);
        var token = new JsonWebToken(body.GetProperty("access_token").GetString());
        token.Typ.Should().Be("at+jwt");
        token.Alg.Should().Be("RS256");
        token.Audiences.Should().Equal(_host.FhirBase);
        token.GetClaim("client_id").Value.Should().Be(clientId);
        token.Subject.Should().Be(clientId);
        token.Id.Should().NotBeNullOrEmpty();
        token.GetClaim("cpis_org").Value.Should().Be(SecurityHost.Client(clientId).Organisation);
        (await _host.StatusAsync("/FHIR/R4/whoami", token.EncodedToken)).Should().Be(200);
    }

    [Fact]
    public async Task The_person_of_the_assertion_is_the_person_of_the_caller()
    {
        var token = await _host.TokenAsync("demo-hareford-ed");

        var (_, caller, _) = await _host.SendAsync(HttpMethod.Get, "/FHIR/R4/whoami", token);

        caller.GetProperty("person").GetProperty("sdsUserId").GetString().Should().Be("555252160103");
        caller.GetProperty("activities").EnumerateArray().Select(a => a.GetString()).Should().Equal("B0107");
        caller.GetProperty("organisationName").GetString().Should().StartWith("Hareford General Hospital");
    }

    [Fact]
    public async Task A_person_of_an_authority_comes_with_the_roles_within_it()
    {
        var user = new ClientUser("9", null, "lead-1", "Team lead", "L", ["worker", "duty", "lead", "inspector"]);
        var token = await _host.TokenAsync("demo-authority-xhf01", user);

        var (_, caller, _) = await _host.SendAsync(HttpMethod.Get, "/FHIR/R4/whoami", token);

        caller.GetProperty("person").GetProperty("sdsUserId").GetString().Should().Be("9");
        caller
            .GetProperty("activities")
            .EnumerateArray()
            .Select(a => a.GetString())
            .Should()
            .BeEquivalentTo("worker", "duty", "lead", "inspector");
    }

    [Fact]
    public async Task The_audience_may_be_the_token_endpoint_or_the_issuer_but_no_other()
    {
        (await Ask(Good())).Should().Be(200);
        (await Ask(Good() with { Audience = new Uri(_host.TokenEndpoint).GetLeftPart(UriPartial.Authority) }))
            .Should()
            .Be(200);
        (await Refused(Good() with { Audience = "https://other.example/oauth2/token" })).Should().Be("invalid_client");
    }

    [Fact]
    public async Task An_expired_assertion_is_refused() =>
        (await Refused(Good() with { Life = TimeSpan.FromSeconds(-31) })).Should().Be("invalid_client");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_assertion_that_lives_longer_than_five_minutes_is_refused(bool hasIssuedAt) =>
        (await Refused(Good() with { Life = TimeSpan.FromSeconds(301), HasIssuedAt = hasIssuedAt }))
            .Should()
            .Be("invalid_client");

    [Fact]
    public async Task Exactly_five_minutes_are_accepted() =>
        (await Ask(Good() with { Life = TimeSpan.FromMinutes(5) })).Should().Be(200);

    [Fact]
    public async Task An_assertion_is_good_for_one_token()
    {
        var assertion = Good();
        (await Ask(assertion)).Should().Be(200);
        (await Refused(assertion)).Should().Be("invalid_client");
        (await Refused(Good() with { JwtId = assertion.JwtId })).Should().Be("invalid_client");
    }

    [Fact]
    public async Task Another_client_may_use_the_same_jti()
    {
        (await Ask(Good() with { JwtId = "same" })).Should().Be(200);
        var other = new Assertion(SecurityHost.Client("demo-tester"), _host.TokenEndpoint, _host.Time.GetUtcNow());
        (await Ask(other with { JwtId = "same" })).Should().Be(200);
    }

    [Fact]
    public async Task A_refused_assertion_does_not_use_up_its_jti()
    {
        (await Refused(Good() with { JwtId = "once", Life = TimeSpan.FromMinutes(6) })).Should().Be("invalid_client");
        (await Ask(Good() with { JwtId = "once" })).Should().Be(200);
    }

    [Fact]
    public async Task A_missing_jti_is_refused() =>
        (await Refused(Good() with { JwtId = null })).Should().Be("invalid_client");

    [Fact]
    public async Task No_signature_is_refused() =>
        (await Refused(Good() with { Algorithm = "none" })).Should().Be("invalid_client");

    [Fact]
    public async Task HS256_over_the_public_key_is_refused()
    {
        var client = SecurityHost.Client("demo-authority-xbr02");
        var secret = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(client.Jwk.GetProperty("n").GetString()!))
        {
            KeyId = "demo-authority-xbr02-1",
        };
        var forged = new Assertion(client, _host.TokenEndpoint, _host.Time.GetUtcNow())
        {
            Key = secret,
            Algorithm = "HS256",
        };
        (await Refused(forged)).Should().Be("invalid_client");
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS384")]
    [InlineData("RS512")]
    public async Task An_algorithm_that_is_not_the_keys_own_is_refused(string algorithm)
    {
        var client = SecurityHost.Client("demo-authority-xbr02");
        (await Refused(new Assertion(client, _host.TokenEndpoint, _host.Time.GetUtcNow()) { Algorithm = algorithm }))
            .Should()
            .Be("invalid_client");
    }

    [Theory]
    [InlineData("demo-hareford-ed-1")]
    [InlineData("unknown")]
    public async Task Another_key_is_refused(string kid) =>
        (await Refused(Good() with { Key = Assertion.FreshEcKey(kid), Algorithm = "ES384" }))
            .Should()
            .Be("invalid_client");

    [Fact]
    public async Task Another_clients_key_is_refused() =>
        (await Refused(Good() with { Issuer = "demo-operator", Subject = "demo-operator" }))
            .Should()
            .Be("invalid_client");

    [Fact]
    public async Task Subject_and_issuer_must_be_the_same_client() =>
        (await Refused(Good() with { Subject = "demo-operator" })).Should().BeOneOf("invalid_client", "invalid_grant");

    [Fact]
    public async Task An_unknown_client_is_refused() =>
        (await Refused(Good() with { Issuer = "nobody", Subject = "nobody" })).Should().Be("invalid_client");

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("logout+jwt")]
    public async Task A_token_of_another_type_is_no_assertion(string type) =>
        (await Refused(Good() with { Type = type })).Should().Be("invalid_client");

    [Theory]
    [InlineData("b64")]
    [InlineData("https://vendor.example/bound-to")]
    public async Task A_header_that_must_be_understood_and_is_not_is_refused(string critical) =>
        (await Refused(Good() with { Critical = critical })).Should().Be("invalid_client");

    [Theory]
    [InlineData("cpis_user", """[{"sdsUserId":"1"},{"sdsUserId":"2"}]""")]
    [InlineData("jti", """["1","2"]""")]
    [InlineData("nbf", "[1,2]")]
    public async Task A_claim_with_two_values_is_refused(string claim, string values) =>
        (await Refused(Good() with { Further = (claim, JsonDocument.Parse(values).RootElement) }))
            .Should()
            .Be("invalid_client");

    [Fact]
    public async Task The_newer_type_of_assertions_is_accepted() =>
        (await Ask(Good() with { Type = "client-authentication+jwt" })).Should().Be(200);

    [Fact]
    public async Task A_suspended_client_or_organisation_gets_no_token()
    {
        var admin = await _host.TokenAsync("demo-operator");
        (await _host.SendAsync(HttpMethod.Post, "/admin/clients/demo-hareford-ed/suspend", admin))
            .Status.Should()
            .Be(200);
        (await Refused(Good())).Should().Be("invalid_client");
        (await _host.SendAsync(HttpMethod.Post, "/admin/clients/demo-hareford-ed/restore", admin))
            .Status.Should()
            .Be(200);
        (await Ask(Good())).Should().Be(200);
        (await _host.SendAsync(HttpMethod.Post, "/admin/organisations/XED01/suspend", admin)).Status.Should().Be(200);
        (await Refused(Good())).Should().Be("invalid_client");
        (await _host.SendAsync(HttpMethod.Post, "/admin/organisations/XED01/restore", admin)).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("""{"sdsUserId":"1","roleCode":"R0260","roleName":"Doctor","name":"A\u0007B","activities":[]}""")]
    [InlineData("""{"sdsUserId":"1","roleCode":"R0260","roleName":"Doctor","name":"A\u202EB","activities":[]}""")]
    [InlineData("""{"sdsUserId":"","roleCode":"R0260","roleName":"Doctor","name":"A","activities":[]}""")]
    [InlineData("""{"sdsUserId":"1","roleCode":"R0260","roleName":"Doctor","name":"A"}""")]
    [InlineData("""{"sdsUserId":"1","roleCode":"R0260","roleName":"Doctor","name":"A","activities":["b1"]}""")]
    [InlineData("""{"sdsUserId":"1","roleCode":"R0260","roleName":"Doctor","name":"A","activities":["Lead"]}""")]
    [InlineData("""{"sdsUserId":"1","roleCode":"R0260","roleName":"Doctor","name":"A","activities":["manager"]}""")]
    [InlineData("""{"sdsUserId":"1","roleCode":"R0260","roleName":"Doctor","name":"A","activities":[],"admin":true}""")]
    [InlineData("\"somebody\"")]
    [InlineData("""[{"sdsUserId":"1"}]""")]
    public async Task A_person_who_cannot_be_shown_is_refused(string user) =>
        (await Refused(Good() with { User = JsonDocument.Parse(user).RootElement })).Should().Be("invalid_request");

    [Fact]
    public async Task Only_scopes_of_the_clients_kind_are_granted()
    {
        var (_, all) = await _host.AskAsync(Good().ToString());
        new JsonWebToken(all.GetProperty("access_token").GetString())
            .GetClaim("scope")
            .Value.Split(' ')
            .Should()
            .BeEquivalentTo(SmartScopes.Of(CallerKind.Setting));
        var (_, some) = await _host.AskAsync(Good().ToString(), "user/Flag.s system/Patient.cruds system/admin");
        new JsonWebToken(some.GetProperty("access_token").GetString())
            .GetClaim("scope")
            .Value.Should()
            .Be("user/Flag.s");
        var (status, none) = await _host.AskAsync(Good().ToString(), "system/admin");
        (status, none.GetProperty("error").GetString()).Should().Be((400, "invalid_scope"));
    }

    [Fact]
    public async Task Only_signed_assertions_and_client_credentials_are_spoken()
    {
        (
            await _host.PostAsync(
                new()
                {
                    ["grant_type"] = "client_credentials",
                    ["client_id"] = "demo-operator",
                    ["client_secret"] = "x",
                }
            )
        ).Body.GetProperty("error").GetString().Should().BeOneOf("invalid_client", "invalid_request");
        (
            await _host.PostAsync(
                new()
                {
                    ["grant_type"] = "password",
                    ["username"] = "x",
                    ["password"] = "y",
                }
            )
        ).Body.GetProperty("error").GetString().Should().BeOneOf("unsupported_grant_type", "invalid_request");
    }

    [Fact]
    public async Task The_discovery_document_promises_signed_assertions_and_nothing_else()
    {
        var (status, body, _) = await _host.SendAsync(HttpMethod.Get, "/.well-known/openid-configuration", null);
        status.Should().Be(200);
        body.GetProperty("token_endpoint").GetString().Should().Be(_host.TokenEndpoint);
        Texts("token_endpoint_auth_methods_supported").Should().Equal("private_key_jwt");
        Texts("grant_types_supported").Should().Equal("client_credentials");
        Texts("scopes_supported").Should().Contain("user/Flag.s").And.NotContain("openid");

        IEnumerable<string?> Texts(string member) =>
            body.GetProperty(member).EnumerateArray().Select(e => e.GetString());
    }

    [
        Fact,
        Trait("OneServer", "A limit is exact on one server; over several it is settled each second (docs/adr/0020).")
    ]
    public async Task Too_many_tokens_of_one_client_are_429()
    {
        await using var strict = await SecurityHost.StartAsync(
            new SecurityOptions
            {
                Limits = new LimitOptions { TokensPerSecond = 1, TokenBurst = 2 },
            }
        );
        var client = SecurityHost.Client("demo-tester");
        async Task<int> AskOnce() =>
            (await strict.AskAsync(ClientAssertion.Create(client, strict.TokenEndpoint, strict.Time))).Status;
        (await AskOnce(), await AskOnce(), await AskOnce()).Should().Be((200, 200, 429));
    }

    private Assertion Good() =>
        new(SecurityHost.Client("demo-hareford-ed"), _host.TokenEndpoint, _host.Time.GetUtcNow());

    private async Task<int> Ask(Assertion assertion) => (await _host.AskAsync(assertion.ToString())).Status;

    private async Task<string> Refused(Assertion assertion)
    {
        var (status, body) = await _host.AskAsync(assertion.ToString());
        status.Should().BeInRange(400, 401);
        body.GetProperty("error_description").GetString().Should().NotBeNullOrEmpty();
        return body.GetProperty("error").GetString()!;
    }

    [Theory]
    [InlineData("/oauth2/token")]
    [InlineData("/oauth2/token/")]
    [InlineData("/OAuth2/Token")]
    public async Task An_address_that_floods_is_slowed_however_it_spells_the_path(string path)
    {
        await using var host = await SecurityHost.StartAsync(
            new SecurityOptions
            {
                Limits = new LimitOptions { AddressPerSecond = 1, AddressBurst = 1 },
            }
        );
        var statuses = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            using var form = new FormUrlEncodedContent([]);
            using var response = await host.Http.PostAsync(path, form, TestContext.Current.CancellationToken);
            statuses.Add((int)response.StatusCode);
        }

        statuses[1..].Should().Contain(429);
    }
}
