using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Server.Administration;
using CpIs.Fhir.Server.Demo;
using CpIs.Fhir.Server.Security;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Security;

public sealed class AdministrationTests(SecurityFixture fixture) : IClassFixture<SecurityFixture>, IAsyncLifetime
{
    private readonly SecurityHost _host = fixture.Host;
    private string _operator = null!;

    public async ValueTask InitializeAsync() => _operator = await _host.TokenAsync("demo-operator");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_organisation_its_resource_and_the_audit_are_one_commit()
    {
        var authority = new
        {
            name = "Fernshire Council (synthetic)",
            kind = "authority",
            emergencyDutyPhone = "01632 960199",
        };
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        (await Put("organisations/XFS07", authority)).Status.Should().Be(200);
        (await Put("organisations/XFS07", authority)).Status.Should().Be(200, "the same again changes nothing");

        var stored = await _host.Store.ReadAsync(
            RecordType.Organization,
            "XFS07",
            null,
            TestContext.Current.CancellationToken
        );
        stored!.Version.Should().Be(1);
        stored.Authority.Should().Be(OdsCode.Parse("XFS07"));
        stored.Tokens.Should().Contain("identifier=https://fhir.nhs.uk/Id/ods-organization-code|XFS07");
        var telecom = JsonDocument.Parse(stored.Body).RootElement.GetProperty("telecom");
        telecom[0].GetProperty("use").GetString().Should().Be("mobile");
        var audit = await _host.Store.SearchOccurrencesAsync(
            new OccurrenceQuery { Kind = OccurrenceKind.Administration },
            TestContext.Current.CancellationToken
        );
        audit.Items[0].Interaction.Should().Be("admin/organisations/XFS07");
        audit.Items[0].Reason.Should().Be("registered");
        audit.Items[0].ClientId.Should().Be("demo-operator");

        (
            await Put(
                "organisations/XFS07",
                new
                {
                    name = "Fernshire (synthetic)",
                    kind = "authority",
                    emergencyDutyPhone = "01632 960199",
                }
            )
        ).Status.Should().Be(200);
        (await _host.Store.ReadAsync(RecordType.Organization, "XFS07", null, TestContext.Current.CancellationToken))!
            .Version.Should()
            .Be(2);
    }

    [Fact]
    public async Task Every_problem_of_an_organisation_is_named_with_its_place()
    {
        var (status, body) = await Put(
            "organisations/XFS07",
            new
            {
                kind = "authority",
                officePhone = "ring us",
                modeRights = new[] { "unscheduled", "sometimes" },
                colour = "red",
            }
        );
        status.Should().Be(422);
        Places(body)
            .Should()
            .BeEquivalentTo("name", "officePhone", "emergencyDutyPhone", "modeRights[1]", "modeRights", "colour");
    }

    [Fact]
    public async Task The_kind_of_an_organisation_never_changes()
    {
        var (status, body) = await Put(
            "organisations/XHF01",
            new
            {
                name = "X",
                kind = "setting",
                settingKind = "gp",
            }
        );
        (status, Places(body).Single()).Should().Be((422, "kind"));
    }

    [Fact]
    public async Task A_private_key_is_refused_loudly()
    {
        var key = JsonNode.Parse(SecurityHost.Client("demo-tester").Jwk.GetRawText())!;
        var (status, body) = await Put(
            "clients/new",
            new
            {
                organisation = "XTS01",
                kind = "tester",
                jwks = new { keys = new[] { key } },
            }
        );
        status.Should().Be(422);
        Places(body).Should().Equal("jwks.keys[0]");
        body.ToString().Should().Contain("PRIVATE").And.NotContain(key["d"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(
        """{"kty":"RSA","kid":"a","alg":"RS384","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy_c4gs_7svlJJQ4H9_NxsiIoLwAEk7-Q3UXERGYw_75IDrGA84-lA_-Ct4eTlXHBIY2EaV7t7LjJaynVJCpkv4LKjTTAumiGUIuQhrNhZLuF_RJLqHpM2kgWFLU7-VTdL1VbC2tejvcI2BlMkEpk1BzBZI0KQB0GaDWFLN-aEAw3vRw","e":"Aw"}""",
        "e"
    )]
    [InlineData(
        """{"kty":"RSA","kid":"a","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXbow","e":"AQAB"}""",
        "n"
    )]
    [InlineData("""{"kty":"oct","kid":"a"}""", "kty")]
    [InlineData("""{"kty":"EC","kid":"a","crv":"P-256","x":"AA","y":"AA"}""", "crv")]
    [InlineData("""{"kty":"EC","kid":"a","alg":"ES384","crv":"P-384","x":"AQAB","y":"AQAB"}""", "x")]
    [InlineData(
        """{"kty":"EC","kid":"a","alg":"ES256","crv":"P-384","x":"W_uxN3pV1OZnjlOU9GIcGAJAgfhRlduUbyztr1r56PZ9sV4b9yzWwYbM18e6QGKY","y":"AMsCSIAAVBJWZqkVYMFrpG4AOjjpPtAJEZwoR8mlybx6nhPYa6a1-rUG0nuNDepV"}""",
        "alg"
    )]
    public async Task A_weak_key_is_refused(string key, string member)
    {
        var (status, body) = await Put(
            "clients/new",
            new
            {
                organisation = "XTS01",
                kind = "tester",
                jwks = new { keys = new[] { JsonNode.Parse(key) } },
            }
        );
        status.Should().Be(422);
        Places(body).Should().Equal($"jwks.keys[0].{member}");
    }

    [Fact]
    public async Task A_client_is_of_its_organisations_kind_and_stays_with_it()
    {
        var jwks = new { keys = new[] { PublicKey("demo-tester") } };
        Places(
                (
                    await Put(
                        "clients/new",
                        new
                        {
                            organisation = "XTS01",
                            kind = "operator",
                            jwks,
                        }
                    )
                ).Body
            )
            .Should()
            .Equal("kind");
        Places(
                (
                    await Put(
                        "clients/new",
                        new
                        {
                            organisation = "XZZ99",
                            kind = "tester",
                            jwks,
                        }
                    )
                ).Body
            )
            .Should()
            .Equal("organisation");
        (
            await Put(
                "clients/demo-gp-hareford",
                new
                {
                    organisation = "XED01",
                    kind = "setting",
                    jwks,
                }
            )
        ).Status.Should().Be(422);
    }

    [Fact]
    public async Task A_device_looks_up_as_its_nominated_person()
    {
        var (status, body) = await Put(
            "clients/nhs-111-device",
            new
            {
                organisation = "XNE04",
                kind = "setting",
                jwks = new { keys = new[] { PublicKey("demo-nhs-111-north") } },
                devicePerson = new
                {
                    sdsUserId = "555252169100",
                    roleCode = "R8003",
                    roleName = "Clinical lead",
                    name = "Lee Nominated",
                },
                deviceActivities = new[] { "B0107" },
            }
        );
        status.Should().Be(200, body.ToString());
        var file = SecurityHost.Client("demo-nhs-111-north") with { ClientId = "nhs-111-device", User = null };
        var (_, token) = await _host.AskAsync(ClientAssertion.Create(file, _host.TokenEndpoint, _host.Time));

        var (_, caller, _) = await _host.SendAsync(
            HttpMethod.Get,
            "/FHIR/R4/whoami",
            token.GetProperty("access_token").GetString()
        );

        caller.GetProperty("person").GetProperty("name").GetString().Should().Be("Lee Nominated");
        caller.GetProperty("activities")[0].GetString().Should().Be("B0107");
    }

    [Fact]
    public async Task Lists_show_what_was_registered_and_no_private_part()
    {
        var (_, organisations, _) = await _host.SendAsync(HttpMethod.Get, "/admin/organisations", _operator);
        organisations.GetProperty("items").GetArrayLength().Should().BeGreaterThanOrEqualTo(20);
        var (_, clients, response) = await _host.SendAsync(HttpMethod.Get, "/admin/clients", _operator);
        clients
            .GetProperty("items")
            .GetArrayLength()
            .Should()
            .BeGreaterThanOrEqualTo(DemoRegistrations.ReadClients().Count);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        clients.ToString().Should().NotContain("\"d\"");
    }

    [Fact]
    public async Task Nobody_suspends_themselves_and_what_is_not_there_is_404()
    {
        (await Post("clients/demo-operator/suspend")).Should().Be(422);
        (await Post("organisations/XOP01/suspend")).Should().Be(422);
        (await Post("organisations/XZZ99/suspend")).Should().Be(404);
        (await Post("clients/nobody/restore")).Should().Be(404);
        (await Post("keys/other/rotate")).Should().Be(404);
    }

    [Fact]
    public async Task A_second_registration_of_the_demo_changes_nothing()
    {
        var stamp = await _host.Store.ReadRegistrationStampAsync(TestContext.Current.CancellationToken);
        await DemoRegistrations.RegisterAsync(
            Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<Server.Administration.RegistrationWriter>(
                _host.Services
            ),
            new IdGenerator(TimeProvider.System),
            TestContext.Current.CancellationToken
        );
        (await _host.Store.ReadRegistrationStampAsync(TestContext.Current.CancellationToken)).Should().Be(stamp);
    }

    [Fact]
    public async Task The_first_operator_comes_from_the_settings_by_its_public_key()
    {
        var client = SecurityHost.Client("demo-operator");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            PublicKey("demo-operator").ToJsonString(),
            TestContext.Current.CancellationToken
        );
        var first = new FirstOperatorOptions
        {
            ClientId = "demo-operator",
            OrganisationCode = "XOP01",
            OrganisationName = "The operator (synthetic)",
            PublicKeyFile = file,
        };
        await using (
            var host = await SecurityHost.StartAsync(new SecurityOptions { FirstOperator = first }, demo: false)
        )
            (await host.StatusAsync("/admin/clients", await host.TokenAsync("demo-operator"))).Should().Be(200);

        await File.WriteAllTextAsync(file, client.Jwk.GetRawText(), TestContext.Current.CancellationToken);
        var start = async () =>
            await SecurityHost.StartAsync(new SecurityOptions { FirstOperator = first }, demo: false);
        await start.Should().ThrowAsync<InvalidConfigurationException>().WithMessage("*PRIVATE*");
        File.Delete(file);
    }

    private static JsonObject PublicKey(string clientId)
    {
        var key = JsonNode.Parse(SecurityHost.Client(clientId).Jwk.GetRawText())!.AsObject();
        foreach (var member in new[] { "d", "p", "q", "dp", "dq", "qi" })
            key.Remove(member);
        return key;
    }

    private async Task<(int Status, JsonElement Body)> Put(string path, object body)
    {
        var (status, answer, _) = await _host.SendAsync(HttpMethod.Put, $"/admin/{path}", _operator, body);
        return (status, answer);
    }

    private async Task<int> Post(string path) =>
        (await _host.SendAsync(HttpMethod.Post, $"/admin/{path}", _operator)).Status;

    private static IEnumerable<string?> Places(JsonElement outcome) =>
        outcome.GetProperty("issue").EnumerateArray().Select(i => i.GetProperty("expression")[0].GetString());

    [Fact]
    public async Task A_change_at_the_same_moment_never_undoes_a_suspension()
    {
        var writer = _host.Services.GetRequiredService<RegistrationWriter>();
        var actor = new Actor("demo-operator", OdsCode.Parse("XOP01"), "Operator", Guid.NewGuid().ToString());
        var organisation = new Organisation
        {
            Code = OdsCode.Parse("XRACE1"),
            Name = "Race",
            Kind = CallerKind.Tester,
        };
        for (var i = 0; i < 20; i++)
        {
            await writer.SuspendAsync(organisation.Code, false, actor, TestContext.Current.CancellationToken);
            var suspending = writer.SuspendAsync(organisation.Code, true, actor, TestContext.Current.CancellationToken);
            var changing = writer.PutAsync(
                organisation with
                {
                    Name = $"Race {i}",
                },
                actor,
                TestContext.Current.CancellationToken
            );
            await Task.WhenAll(suspending, changing);
            if (i == 0)
                continue; // There may have been nothing yet to suspend.
            _host
                .Services.GetRequiredService<IOrganisationDirectory>()
                .Current.Find(organisation.Code)!
                .Suspended.Should()
                .BeTrue();
        }
    }
}
