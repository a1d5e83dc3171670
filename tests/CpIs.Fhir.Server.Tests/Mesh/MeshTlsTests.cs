using CpIs.Fhir.Server.Mesh;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Mesh;

/// <summary>Mutual TLS: who calls MESH shows its certificate, and talks to nobody whose own does not lead to what it trusts.</summary>
public sealed class MeshTlsTests : IDisposable
{
    private const string ClientName = "local_id.ods.api.mesh-client.nhs.uk";
    private readonly TestCertificates _certificates = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task The_client_certificate_is_shown_and_the_servers_must_lead_to_the_trust_file()
    {
        using var server = _certificates.Make("127.0.0.1", "server");
        using var client = _certificates.Make(ClientName, "client");
        using var other = _certificates.Make("127.0.0.1", "other");
        string? shown = null;
        await using var app = TestCertificates.ServerThatAsks(server, subject => shown = subject);
        await app.StartAsync(Stop);
        var options = MeshClients.Options with
        {
            Url = app.Urls.Single(),
            PasswordFile = _certificates.Save("password", MeshStub.Password),
            SharedKeyFile = _certificates.Save("key", MeshStub.SharedKey),
            CertificateFile = _certificates.Pem("client"),
            CertificateKeyFile = _certificates.Pem("client") + ".key",
            TrustFile = _certificates.Pem("server"),
        };

        using var mesh = new MeshClient(MeshAccess.Read(options), TimeProvider.System);
        var answer = await mesh.HandshakeAsync(Stop);
        (answer.Status, answer.Failure).Should().Be((200, null));
        shown.Should().Be($"CN={ClientName}");

        using var wary = new MeshClient(
            MeshAccess.Read(options with { TrustFile = _certificates.Pem("other") }),
            TimeProvider.System
        );
        (await wary.HandshakeAsync(Stop)).Failure.Should().Be("TLS failed; check the certificates");
        using var bare = new MeshClient(
            MeshAccess.Read(options with { CertificateFile = "", CertificateKeyFile = "" }),
            TimeProvider.System
        );
        (await bare.HandshakeAsync(Stop)).Status.Should().BeNull();
    }
}
