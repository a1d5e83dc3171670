using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Escalation;
using CpIs.Fhir.Server.Escalation;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Server.Tests.Escalation;

/// <summary>E-mail to a real SMTP server: what it says, how it is encrypted, and that every failure is an answer without an address.</summary>
public sealed class SmtpSenderTests
{
    private const string Address = "duty@hareford.example";

    private static readonly Mail OneMail = new(Address, "CP-IS: 1 new notice", "1 new notice, oldest 15 minutes.");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_arrives_as_plain_text_and_says_nothing_of_this_machine()
    {
        await using var server = await MailServer.StartAsync();

        (await SendAsync(Plain(server.Port))).Should().Be(new MailOutcome(MailResult.Sent, null));

        var received = server.Mails.Should().ContainSingle().Subject;
        (received.From, received.To).Should().Be(("cpis@cpis.example", Address));
        received
            .Text.Should()
            .Contain("Subject: CP-IS: 1 new notice\r\n")
            .And.Contain("Auto-Submitted: auto-generated")
            .And.Contain("Date: Wed, 10 Jun 2026 09:00:00 +0000")
            .And.MatchRegex("(?i)Message-Id: <[0-9a-f-]{36}@cpis.example>")
            .And.Contain("\r\n\r\n1 new notice, oldest 15 minutes.");
        received.Text.Should().NotContain(Dns.GetHostName() + ">");
    }

    [Fact]
    public async Task STARTTLS_and_a_user_with_a_password()
    {
        using var certificate = MailServer.NewCertificate();
        await using var server = await MailServer.StartAsync(certificate, asksForUser: true);
        RemoteCertificateValidationCallback trusts = (_, sent, _, _) =>
            sent?.GetCertHashString() == certificate.GetCertHashString();
        var options = Plain(server.Port) with { StartTls = true, User = MailServer.User };

        (await SendAsync(options, MailServer.Password, trusts)).Result.Should().Be(MailResult.Sent);

        var received = server.Mails.Should().ContainSingle().Subject;
        (received.IsEncrypted, received.User).Should().Be((true, MailServer.User));
        (await SendAsync(options, "wrong", trusts))
            .Should()
            .Be(Unreachable("the SMTP server does not accept User and its password"));
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_server_whose_certificate_is_not_trusted()
    {
        using var certificate = MailServer.NewCertificate();
        await using var server = await MailServer.StartAsync(certificate);

        (await SendAsync(Plain(server.Port) with { StartTls = true }))
            .Should()
            .Be(Unreachable("the TLS connection could not be made, or its certificate is not trusted"));
        server.Mails.Should().BeEmpty();
    }

    [Fact]
    public async Task Nothing_is_sent_without_encryption_where_the_server_has_none()
    {
        await using var server = await MailServer.StartAsync();

        (await SendAsync(Plain(server.Port) with { StartTls = true }))
            .Should()
            .Be(Unreachable("the SMTP server does not support what is needed (STARTTLS, or a way to sign in)"));
        server.Mails.Should().BeEmpty();
    }

    [Fact]
    public async Task A_server_that_wants_somebody_to_sign_in_is_said_to()
    {
        await using var server = await MailServer.StartAsync(asksForUser: true);

        var outcome = await SendAsync(Plain(server.Port));

        outcome.Result.Should().Be(MailResult.Unreachable);
        outcome.Reason.Should().StartWith("the SMTP server ");
    }

    [Fact]
    public async Task An_address_that_is_refused_is_refused_and_not_repeated()
    {
        await using var server = await MailServer.StartAsync();

        var outcome = await SendAsync(Plain(server.Port), mail: OneMail with { To = "refused@hareford.example" });

        outcome.Should().Be(new MailOutcome(MailResult.Refused, "the SMTP server answered 550 (RecipientNotAccepted)"));
    }

    [Fact]
    public async Task A_server_that_is_not_there()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();

        (await SendAsync(Plain(port)))
            .Should()
            .Be(Unreachable("the SMTP server cannot be reached (ConnectionRefused)"));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_left_after_twenty_seconds()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var time = new FakeTimeProvider();
        var sending = Sender(Plain(((IPEndPoint)silent.LocalEndpoint).Port), time: time).SendAsync(OneMail, Stop);
        using var connection = await silent.AcceptSocketAsync(Stop);
        sending.IsCompleted.Should().BeFalse();

        time.Advance(SmtpSender.Longest);

        (await Eventually.EndsAsync(sending)).Should().Be(Unreachable("it took too long"));
    }

    [Fact]
    public async Task A_server_that_breaks_off()
    {
        using var broken = new TcpListener(IPAddress.Loopback, 0);
        broken.Start();
        var sending = SendAsync(Plain(((IPEndPoint)broken.LocalEndpoint).Port));
        (await broken.AcceptSocketAsync(Stop)).Close();

        (await Eventually.EndsAsync(sending)).Should().Be(Unreachable("the connection broke"));
    }

    private static MailOutcome Unreachable(string reason) => new(MailResult.Unreachable, reason);

    private static EmailOptions Plain(int port) =>
        new()
        {
            Host = "127.0.0.1",
            Port = port,
            StartTls = false,
            From = "cpis@cpis.example",
        };

    private static Task<MailOutcome> SendAsync(
        EmailOptions options,
        string? password = null,
        RemoteCertificateValidationCallback? trusts = null,
        Mail? mail = null
    ) => Sender(options, password, trusts).SendAsync(mail ?? OneMail, Stop);

    private static SmtpSender Sender(
        EmailOptions options,
        string? password = null,
        RemoteCertificateValidationCallback? trusts = null,
        TimeProvider? time = null
    )
    {
        time ??= new FakeTimeProvider(new DateTimeOffset(2026, 6, 10, 9, 0, 0, TimeSpan.Zero));
        return new SmtpSender(options, password, new IdGenerator(time), time, trusts);
    }
}
