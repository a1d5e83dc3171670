namespace CpIs.Fhir.Core.Escalation;

/// <summary>
/// Posts e-mail and counts what fails in a row: the SMTP server for itself, and each address for itself, so that one that is always refused is seen
/// among many that are not.
/// </summary>
public sealed class Postbox(IMailSender sender, IMailObserver observer)
{
    /// <summary>So many failures in a row are an alarm.</summary>
    public const int AlarmAfter = 3;

    private readonly Lock _counting = new();
    private readonly Dictionary<string, int> _refused = new(StringComparer.Ordinal);
    private int _failed;

    /// <summary>Posts one.</summary>
    /// <param name="authority">Whose.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="subject">Its subject.</param>
    /// <param name="text">What it says.</param>
    /// <param name="cancellation">The server is stopping.</param>
    public async Task<MailResult> PostAsync(
        OdsCode authority,
        EmailRecipient recipient,
        string subject,
        string text,
        CancellationToken cancellation
    )
    {
        var outcome = await sender
            .SendAsync(new Mail(recipient.Address, subject, text), cancellation)
            .ConfigureAwait(false);
        if (outcome.Result == MailResult.Sent)
            observer.Sent(authority, recipient.Team, subject);
        else
            observer.NotSent(authority, recipient.Team, outcome);
        lock (_counting)
            Count(authority, recipient, outcome);
        return outcome.Result;
    }

    private void Count(OdsCode authority, EmailRecipient recipient, MailOutcome outcome)
    {
        if (outcome.Result == MailResult.Unreachable)
        {
            if (++_failed == AlarmAfter)
                observer.ServerFails(_failed, outcome.Reason);
            return;
        }

        if (_failed >= AlarmAfter)
            observer.ServerWorks();
        _failed = 0;
        var key = $"{authority}/{recipient.Key}";
        if (outcome.Result == MailResult.Sent)
            _refused.Remove(key);
        else if ((_refused[key] = _refused.GetValueOrDefault(key) + 1) == AlarmAfter)
            observer.TeamRefused(authority, recipient.Team, AlarmAfter, outcome.Reason);
    }
}
