using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>Certificates of a test, also as PEM files, and a server that wants one of its clients.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-tls-").FullName;

    /// <summary>A server that asks each client for its certificate and takes any.</summary>
    /// <param name="server">Its own.</param>
    /// <param name="shown">Told the subject of each client.</param>
    public static WebApplication ServerThatAsks(X509Certificate2 server, Action<string?> shown)
    {
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
        var app = builder.Build();
        app.Run(context =>
        {
            shown(context.Connection.ClientCertificate?.Subject);
            return Task.CompletedTask;
        });
        return app;
    }

    /// <summary>A self-signed certificate, in <see cref="Pem"/> and its key beside it.</summary>
    public X509Certificate2 Make(string name, string file)
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

    public string Pem(string file) => Path.Combine(_folder, $"{file}.pem");

    public string Save(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
