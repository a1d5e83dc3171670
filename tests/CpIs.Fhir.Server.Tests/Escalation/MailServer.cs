using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Mail;
using SmtpServer.Net;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace CpIs.Fhir.Server.Tests.Escalation;

/// <summary>A real SMTP server on loopback. It refuses addresses that begin with <c>refused</c>, and takes one user with one password.</summary>
internal sealed class MailServer : MessageStore, IMailboxFilter, IAsyncDisposable
{
    public const string User = "cpis";
    public const string Password = "a-password";

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public ConcurrentQueue<Received> Mails { get; } = new();

    public int Port { get; private set; }

    public static X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-1), DateTimeOffset.Now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    /// <param name="certificate">With it the server offers STARTTLS.</param>
    /// <param name="asksForUser">True: it takes nothing from who has not signed in.</param>
    public static async Task<MailServer> StartAsync(X509Certificate2? certificate = null, bool asksForUser = false)
    {
        var server = new MailServer();
        var endpoint = new EndpointDefinitionBuilder()
            .Endpoint(new IPEndPoint(IPAddress.Loopback, 0))
            .AuthenticationRequired(asksForUser)
            .AllowUnsecureAuthentication(certificate is null);
        if (certificate is not null)
            endpoint.Certificate(certificate);
        var started = new TaskCompletionSource<int>();
        var listeners = new EndpointListenerFactory();
        listeners.EndpointStarted += (_, opened) => started.TrySetResult(((IPEndPoint)opened.LocalEndPoint).Port);
        var services = new ServiceProvider();
        services.Add((IEndpointListenerFactory)listeners);
        services.Add((IMessageStore)server);
        services.Add((IMailboxFilter)server);
        services.Add(
            (IUserAuthenticator)
                new DelegatingUserAuthenticator((user, password) => (user, password) == (User, Password))
        );
        var options = new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint.Build()).Build();
        server._running = new SmtpServer.SmtpServer(options, services).StartAsync(server._stop.Token);
        server.Port = await started.Task.WaitAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public override Task<SmtpResponse> SaveAsync(
        ISessionContext context,
        IMessageTransaction transaction,
        ReadOnlySequence<byte> buffer,
        CancellationToken cancellationToken
    )
    {
        Mails.Enqueue(
            new Received(
                transaction.From.AsAddress(),
                transaction.To.Single().AsAddress(),
                Encoding.UTF8.GetString(buffer.ToArray()),
                context.Pipe.IsSecure,
                context.Authentication?.User
            )
        );
        return Task.FromResult(SmtpResponse.Ok);
    }

    public Task<bool> CanAcceptFromAsync(
        ISessionContext context,
        IMailbox from,
        int size,
        CancellationToken cancellationToken
    ) => Task.FromResult(true);

    public Task<bool> CanDeliverToAsync(
        ISessionContext context,
        IMailbox to,
        IMailbox from,
        CancellationToken cancellationToken
    ) => Task.FromResult(!to.User.StartsWith("refused", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }

        _stop.Dispose();
    }

    /// <summary>One e-mail as it came.</summary>
    public sealed record Received(string From, string To, string Text, bool IsEncrypted, string? User);
}
