using System.Security.Cryptography;
using CpIs.Fhir.Server.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CpIs.Fhir.Server.Tests.Security;

public sealed class BearerTests(SecurityFixture fixture) : IClassFixture<SecurityFixture>
{
    private readonly SecurityHost _host = fixture.Host;

    [Fact]
    public async Task Without_a_token_an_OperationOutcome_says_what_is_needed()
    {
        var (status, body, response) = await _host.SendAsync(HttpMethod.Get, "/FHIR/R4/whoami", null);

        status.Should().Be(401);
        response.Headers.WwwAuthenticate.ToString().Should().Be("Bearer");
        body.GetProperty("resourceType").GetString().Should().Be("OperationOutcome");
        body.GetProperty("issue")[0].GetProperty("code").GetString().Should().Be("login");
    }

    [Fact]
    public async Task What_is_no_endpoint_is_401_for_strangers_and_open_endpoints_are_open()
    {
        (await _host.StatusAsync("/FHIR/R4/Nothing", null)).Should().Be(401);
        (await _host.StatusAsync("/admin/anything", null)).Should().Be(401);
        (await _host.StatusAsync("/FHIR/R4/metadata", null)).Should().Be(200);
        (await _host.StatusAsync("/elsewhere", null)).Should().Be(404);
    }

    [Fact]
    public async Task A_token_ends_after_five_minutes_and_thirty_seconds_of_skew()
    {
        var token = await _host.TokenAsync("demo-hareford-ed");
        _host.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(28));
        (await _host.StatusAsync("/FHIR/R4/whoami", token)).Should().Be(200);
        _host.Time.Advance(TimeSpan.FromSeconds(3));

        var (status, body, response) = await _host.SendAsync(HttpMethod.Get, "/FHIR/R4/whoami", token);

        status.Should().Be(401);
        response.Headers.WwwAuthenticate.ToString().Should().Contain("invalid_token");
        body.GetProperty("issue")[0].GetProperty("diagnostics").GetString().Should().Contain("expired");
    }

    [Theory]
    [InlineData("aud")]
    [InlineData("iss")]
    [InlineData("typ")]
    [InlineData("exp")]
    [InlineData("key")]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("PS256")]
    public async Task A_token_that_is_wrong_in_one_thing_is_refused(string wrong)
    {
        (await _host.StatusAsync("/FHIR/R4/whoami", Forge(null)))
            .Should()
            .Be(200, "the forged one is right but for that");
        (await _host.StatusAsync("/FHIR/R4/whoami", Forge(wrong))).Should().Be(401);
    }

    [Fact]
    public async Task A_client_assertion_is_no_access_token()
    {
        var assertion = new Assertion(SecurityHost.Client("demo-operator"), _host.FhirBase, _host.Time.GetUtcNow());
        (await _host.StatusAsync("/admin/clients", assertion.ToString())).Should().Be(401);
        (await _host.StatusAsync("/admin/clients", "x")).Should().Be(401);
    }

    [Theory]
    [InlineData("clients/demo-hareford-ed")]
    [InlineData("organisations/XED01")]
    public async Task A_suspension_ends_tokens_that_were_given_before_at_once(string what)
    {
        var token = await _host.TokenAsync("demo-hareford-ed");
        var admin = await _host.TokenAsync("demo-operator");
        (await _host.StatusAsync("/FHIR/R4/whoami", token)).Should().Be(200);

        await _host.SendAsync(HttpMethod.Post, $"/admin/{what}/suspend", admin);
        (await _host.StatusAsync("/FHIR/R4/whoami", token)).Should().Be(401);

        await _host.SendAsync(HttpMethod.Post, $"/admin/{what}/restore", admin);
        (await _host.StatusAsync("/FHIR/R4/whoami", token)).Should().Be(200);
    }

    [Fact]
    public async Task Neither_headers_nor_claims_choose_the_organisation()
    {
        var token = Forge(null, ("cpis_org", "XHF01"), ("cpis_kind", "operator"));

        var (_, caller, _) = await _host.SendAsync(
            HttpMethod.Get,
            "/FHIR/R4/whoami",
            token,
            null,
            ("NHSD-End-User-Organisation-ODS", "XHF01"),
            ("NHSD-Session-URID", "1"),
            ("X-Organisation", "XHF01")
        );

        caller.GetProperty("organisationName").GetString().Should().StartWith("Hareford General Hospital");
        (await _host.StatusAsync("/admin/clients", token)).Should().Be(403);
    }

    [Fact]
    public async Task Other_kinds_are_kept_out_of_the_administration() =>
        (await _host.StatusAsync("/admin/organisations", await _host.TokenAsync("demo-authority-xhf01")))
            .Should()
            .Be(403);

    [
        Fact,
        Trait("OneServer", "A limit is exact on one server; over several it is settled each second (docs/adr/0020).")
    ]
    public async Task The_limits_of_a_client_and_of_a_person_answer_429_with_Retry_After()
    {
        await using var strict = await SecurityHost.StartAsync(
            new SecurityOptions
            {
                Limits = new LimitOptions { PersonBurst = 2, PersonPerSecond = 1 },
            }
        );
        var token = await strict.TokenAsync("demo-hareford-ed");
        (await strict.StatusAsync("/FHIR/R4/whoami", token)).Should().Be(200);
        (await strict.StatusAsync("/FHIR/R4/whoami", token)).Should().Be(200);

        var (status, _, response) = await strict.SendAsync(HttpMethod.Get, "/FHIR/R4/whoami", token);

        status.Should().Be(429);
        response.Headers.RetryAfter!.Delta.Should().BeGreaterThan(TimeSpan.Zero);
        var nurse = await strict.TokenAsync("demo-hareford-ed-triage");
        (await strict.StatusAsync("/FHIR/R4/whoami", nurse)).Should().Be(200, "another person has another bucket");
    }

    /// <summary>A token signed with the exchange's real key, and wrong in one thing.</summary>
    private string Forge(string? wrong, params (string Name, string Value)[] more)
    {
        var key = _host.Services.GetRequiredService<TokenKeys>().Signing[0];
        var now = _host.Time.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object> { ["client_id"] = "demo-hareford-ed", ["scope"] = "user/Flag.s" };
        foreach (var (name, value) in more)
            claims[name] = value;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = wrong == "iss" ? "https://other.example/" : new Uri(_host.Http.BaseAddress!, "/").AbsoluteUri,
                Audience = wrong == "aud" ? "https://other.example/FHIR/R4" : _host.FhirBase,
                Expires = wrong == "exp" ? null : now + TimeSpan.FromMinutes(1),
                TokenType = wrong == "typ" ? "JWT" : "at+jwt",
                Claims = claims,
                SigningCredentials = wrong switch
                {
                    "none" => null,
                    "key" => new SigningCredentials(
                        new RsaSecurityKey(RSA.Create(2048)) { KeyId = key.KeyId },
                        TokenKeys.Algorithm
                    ),
                    "HS256" => new SigningCredentials(
                        new SymmetricSecurityKey(key.Parameters.Modulus) { KeyId = key.KeyId },
                        "HS256"
                    ),
                    "PS256" => new SigningCredentials(key, "PS256"),
                    _ => new SigningCredentials(key, TokenKeys.Algorithm),
                },
            }
        );
    }
}
