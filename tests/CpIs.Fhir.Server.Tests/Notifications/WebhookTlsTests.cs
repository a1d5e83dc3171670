using System.Net;
using System.Security.Cryptography.X509Certificates;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Notifications;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>An endpoint that asks who calls is shown the server's client certificate.</summary>
public sealed class WebhookTlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task An_endpoint_that_asks_for_a_certificate_is_shown_the_one_of_the_settings()
    {
        using var server = _certificates.Make("127.0.0.1", "server");
        using var client = _certificates.Make("exchange.cpis.example", "client");
        string? shown = null;
        await using var app = TestCertificates.ServerThatAsks(server, subject => shown = subject);
        await app.StartAsync(Stop);
        await using var engine = await Engine.StartAsync();
        var options = new NotificationOptions
        {
            AllowLoopbackHttp = true,
            CertificateFile = _certificates.Pem("client"),
            CertificateKeyFile = _certificates.Pem("client") + ".key",
        };

        (await SendAsync(engine, options, server, app.Urls.Single())).Result.Should().Be(SendResult.Accepted);
        shown.Should().Be("CN=exchange.cpis.example");
        var bare = options with { CertificateFile = "", CertificateKeyFile = "" };
        (await SendAsync(engine, bare, server, app.Urls.Single())).Result.Should().Be(SendResult.Failed);
    }

    private static async Task<SendOutcome> SendAsync(
        Engine engine,
        NotificationOptions options,
        X509Certificate2 trusted,
        string url
    )
    {
        using var sender = new WebhookSender(
            options,
            new WebhookKeys(engine.Keys, engine.Time),
            engine.Ids,
            engine.Time,
            Dns.GetHostAddressesAsync,
            (_, shown, _, _) => shown?.GetCertHashString() == trusted.GetCertHashString()
        );
        var notification = new OutgoingNotification(
            "id",
            new Uri(url),
            "application/fhir+json",
            [],
            "{}"u8.ToArray(),
            TimeSpan.FromSeconds(30)
        );
        return await sender.SendAsync(notification, Stop);
    }
}
