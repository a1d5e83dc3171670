using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CpIs.Fhir.Server.Mesh;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Mesh;

/// <summary>Mutual TLS: who calls MESH shows its certificate, and talks to nobody whose own does not lead to what it trusts.</summary>
public sealed class MeshTlsTests : IDisposable
{
    private const string ClientName = "local_id.ods.api.mesh-client.nhs.uk";
    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-mesh-tls-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_client_certificate_is_shown_and_the_servers_must_lead_to_the_trust_file()
    {
        using var server = Make("127.0.0.1", "server");
        using var client = Make(ClientName, "client");
        using var other = Make("127.0.0.1", "other");
        string? shown = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = server;
                        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                        https.ClientCertificateValidation = (_, _, _) => true;
                    })
            )
        );
        await using var app = builder.Build();
        app.Run(context =>
        {
            shown = context.Connection.ClientCertificate?.Subject;
            return Task.CompletedTask;
        });
        await app.StartAsync(Stop);
        var options = MeshClients.Options with
        {
            Url = app.Urls.Single(),
            PasswordFile = Save("password", MeshStub.Password),
            SharedKeyFile = Save("key", MeshStub.SharedKey),
            CertificateFile = Pem("client"),
            CertificateKeyFile = Pem("client") + ".key",
            TrustFile = Pem("server"),
        };

        using var mesh = new MeshClient(MeshAccess.Read(options), TimeProvider.System);
        var answer = await mesh.HandshakeAsync(Stop);
        (answer.Status, answer.Failure).Should().Be((200, null));
        shown.Should().Be($"CN={ClientName}");

        using var wary = new MeshClient(
            MeshAccess.Read(options with { TrustFile = Pem("other") }),
            TimeProvider.System
        );
        (await wary.HandshakeAsync(Stop)).Failure.Should().Be("TLS failed; check the certificates");
        using var bare = new MeshClient(
            MeshAccess.Read(options with { CertificateFile = "", CertificateKeyFile = "" }),
            TimeProvider.System
        );
        (await bare.HandshakeAsync(Stop)).Status.Should().BeNull();
    }

    private X509Certificate2 Make(string name, string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        Save($"{file}.pem", made.ExportCertificatePem());
        Save($"{file}.pem.key", key.ExportPkcs8PrivateKeyPem());
        return made;
    }

    private string Pem(string file) => Path.Combine(_folder, $"{file}.pem");

    private string Save(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        File.WriteAllText(path, text);
        return path;
    }
}
