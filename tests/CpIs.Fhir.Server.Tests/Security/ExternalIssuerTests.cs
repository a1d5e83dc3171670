using System.Security.Cryptography;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CpIs.Fhir.Server.Tests.Security;

public sealed class ExternalIssuerTests : IAsyncLifetime
{
    private const string Issuer = "https://cis2.example/openam";
    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "cis2-1" };
    private WebApplication _issuer = null!;
    private SecurityHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _issuer = builder.Build();
        var shown = JsonWebKeyConverter.ConvertFromRSASecurityKey(
            new RsaSecurityKey(_key.Rsa.ExportParameters(false)) { KeyId = _key.KeyId }
        );
        var set = JsonSerializer.Serialize(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "RSA",
                        use = "sig",
                        kid = shown.Kid,
                        n = shown.N,
                        e = shown.E,
                    },
                },
            }
        );
        _issuer.MapGet("/jwks", () => Results.Text(set, "application/json"));
        await _issuer.StartAsync(TestContext.Current.CancellationToken);
        _host = await SecurityHost.StartAsync(
            new SecurityOptions
            {
                Issuers =
                [
                    new IssuerOptions
                    {
                        Issuer = Issuer,
                        Audience = "cpis",
                        JwksUri = _issuer.Urls.First() + "/jwks",
                        Claims = new ClaimMapping
                        {
                            ClientId = "azp",
                            SdsUserId = "nhsid_useruid",
                            Name = "name",
                            RoleProfileId = "nhsid_nrbac_roles[person_roleid=selected_roleid].person_roleid",
                            RoleCode = "nhsid_nrbac_roles[person_roleid=selected_roleid].role_code",
                            RoleName = "nhsid_nrbac_roles[person_roleid=selected_roleid].role_name",
                            Activities = "nhsid_nrbac_roles[person_roleid=selected_roleid].activity_codes",
                        },
                    },
                ],
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task A_user_token_brings_the_person_in_the_role_they_chose()
    {
        var (status, caller, _) = await _host.SendAsync(
            HttpMethod.Get,
            "/FHIR/R4/whoami",
            Token("demo-hareford-ed", "2")
        );

        status.Should().Be(200, caller.ToString());
        caller.GetProperty("organisationName").GetString().Should().StartWith("Hareford General");
        var person = caller.GetProperty("person");
        (person.GetProperty("name").GetString(), person.GetProperty("roleCode").GetString())
            .Should()
            .Be(("Chris Cis", "R0570"));
        caller.GetProperty("activities").EnumerateArray().Select(a => a.GetString()).Should().Equal("B0107");
    }

    [Fact]
    public async Task A_client_that_is_not_registered_here_stays_out() =>
        (await _host.StatusAsync("/FHIR/R4/whoami", Token("somebody-else", "2"))).Should().Be(401);

    [Fact]
    public async Task An_issuer_of_users_makes_nobody_an_operator() =>
        (await _host.StatusAsync("/admin/clients", Token("demo-operator", "2"))).Should().Be(401);

    [Fact]
    public async Task Without_a_chosen_role_the_token_names_no_usable_person() =>
        (await _host.StatusAsync("/FHIR/R4/whoami", Token("demo-hareford-ed", null))).Should().Be(401);

    [Fact]
    public async Task Another_audience_is_refused() =>
        (await _host.StatusAsync("/FHIR/R4/whoami", Token("demo-hareford-ed", "2", audience: "other")))
            .Should()
            .Be(401);

    private string Token(string client, string? role, string audience = "cpis")
    {
        var now = _host.Time.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>
        {
            ["azp"] = client,
            ["nhsid_useruid"] = "555252170100",
            ["name"] = "Chris Cis",
            ["nhsid_nrbac_roles"] = JsonDocument
                .Parse(
                    """
                    [{"person_roleid":"1","role_code":"R0260","role_name":"Doctor","activity_codes":["B0107","B0170"]},
                     {"person_roleid":"2","role_code":"R0570","role_name":"Nurse","activity_codes":["B0107"]}]
                    """
                )
                .RootElement,
        };
        if (role is not null)
            claims["selected_roleid"] = role;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Issuer,
                Audience = audience,
                Expires = now + TimeSpan.FromMinutes(10),
                Claims = claims,
                SigningCredentials = new SigningCredentials(_key, "RS256"),
            }
        );
    }
}
