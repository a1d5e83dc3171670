using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Escalation;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace CpIs.Fhir.Server.Escalation;

/// <summary>Sends e-mail by SMTP, each on a connection of its own, and tells in a few words why one did not go.</summary>
/// <param name="options">The server, checked at start.</param>
/// <param name="password">Of <see cref="EmailOptions.User"/>; null without one.</param>
/// <param name="ids">Makes the ids of messages.</param>
/// <param name="time">The clock of the time limit and of the message.</param>
/// <param name="trusts">Judges the server's certificate; null for the machine's own judgement.</param>
internal sealed class SmtpSender(
    EmailOptions options,
    string? password,
    IdGenerator ids,
    TimeProvider time,
    RemoteCertificateValidationCallback? trusts = null
) : IMailSender
{
    /// <summary>How long one may take in all.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <inheritdoc />
    public async Task<MailOutcome> SendAsync(Mail mail, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Longest, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        using var client = new SmtpClient
        {
            // As for webhooks: the list of revoked certificates is seldom reachable from where an exchange stands.
            CheckCertificateRevocation = false,
            SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ServerCertificateValidationCallback = trusts,
        };
        try
        {
            await ConnectAsync(client, ended.Token);
            await client.SendAsync(Write(mail), ended.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Unreachable("it took too long");
        }
        catch (Exception failure) when (ReasonOf(failure) is { } reason)
        {
            return IsOfThisMail(failure) ? new MailOutcome(MailResult.Refused, reason) : Unreachable(reason);
        }

        await LeaveAsync(client, ended.Token);
        return new MailOutcome(MailResult.Sent, null);
    }

    private async Task ConnectAsync(SmtpClient client, CancellationToken cancellation)
    {
        await client.ConnectAsync(
            options.Host,
            options.Port,
            options.StartTls ? SecureSocketOptions.StartTls : SecureSocketOptions.None,
            cancellation
        );
        if (password is not null)
            await client.AuthenticateAsync(options.User, password, cancellation);
    }

    private MimeMessage Write(Mail mail)
    {
        var message = new MimeMessage
        {
            Date = time.GetUtcNow(),
            Subject = mail.Subject,
            // Else it would hold the name of this machine.
            MessageId = $"{ids.Next()}@{options.From.Split('@')[1]}",
            Body = new TextPart("plain") { Text = mail.Text },
        };
        message.From.Add(MailboxAddress.Parse(options.From));
        message.To.Add(MailboxAddress.Parse(mail.To));
        // Nobody's holiday is told to the exchange (RFC 3834).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    /// <summary>The server has the message: how the two part is nobody's concern.</summary>
    private static async Task LeaveAsync(SmtpClient client, CancellationToken cancellation)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellation);
        }
        catch (Exception failure) when (failure is OperationCanceledException || ReasonOf(failure) is not null)
        {
            // It is closed then.
        }
    }

    /// <summary>
    /// In words of ours: what a server answers may repeat the address. Null for what is a bug.
    /// </summary>
    private static string? ReasonOf(Exception failure) =>
        failure switch
        {
            SmtpCommandException refused => $"the SMTP server answered {(int)refused.StatusCode} ({refused.ErrorCode})",
            SslHandshakeException => "the TLS connection could not be made, or its certificate is not trusted",
            MailKit.Security.AuthenticationException or System.Security.Authentication.AuthenticationException =>
                "the SMTP server does not accept User and its password",
            ServiceNotAuthenticatedException => "the SMTP server takes nothing without User and PasswordFile",
            SocketException unreached => $"the SMTP server cannot be reached ({unreached.SocketErrorCode})",
            NotSupportedException => "the SMTP server does not support what is needed (STARTTLS, or a way to sign in)",
            ProtocolException or IOException or ServiceNotConnectedException => "the connection broke",
            _ => null,
        };

    private static bool IsOfThisMail(Exception failure) =>
        failure
            is SmtpCommandException
            {
                ErrorCode: SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted
            };

    private static MailOutcome Unreachable(string reason) => new(MailResult.Unreachable, reason);
}
