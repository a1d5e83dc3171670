using CpIs.Fhir.Core.Escalation;

namespace CpIs.Fhir.Core.Tests.Escalation;

/// <summary>An SMTP server that takes, refuses or fails as a test says, and what was said of it.</summary>
internal sealed class SentMail : IMailSender, IMailObserver
{
    public List<Mail> Mails { get; } = [];

    public List<string> Heard { get; } = [];

    /// <summary>How sending to an address ends.</summary>
    public Func<string, MailResult> Result { get; set; } = static _ => MailResult.Sent;

    /// <summary>Done while one is being sent.</summary>
    public Action During { get; set; } = static () => { };

    public Task<MailOutcome> SendAsync(Mail mail, CancellationToken cancellation)
    {
        During();
        var result = Result(mail.To);
        if (result == MailResult.Sent)
            Mails.Add(mail);
        return Task.FromResult(new MailOutcome(result, result == MailResult.Sent ? null : "why"));
    }

    /// <summary>What was sent since it was last asked: address and text.</summary>
    public List<string> Take()
    {
        var sent = Mails.Select(mail => $"{mail.To}: {mail.Text}").ToList();
        Mails.Clear();
        return sent;
    }

    public void Sent(OdsCode authority, string team, string subject) => Heard.Add($"sent {authority} {team}");

    public void NotSent(OdsCode authority, string team, MailOutcome outcome) =>
        Heard.Add($"not sent {authority} {team} {outcome.Result}");

    public void ServerFails(int times, string? reason) => Heard.Add($"ALARM server {times} {reason}");

    public void ServerWorks() => Heard.Add("server works");

    public void TeamRefused(OdsCode authority, string team, int times, string? reason) =>
        Heard.Add($"ALARM {authority} {team} {times} {reason}");

    public void NotAnAuthority(OdsCode authority) => Heard.Add($"stranger {authority}");
}
