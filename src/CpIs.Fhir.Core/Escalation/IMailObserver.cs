namespace CpIs.Fhir.Core.Escalation;

/// <summary>Hears of e-mail, for logs and metrics. No address reaches it; must not throw.</summary>
public interface IMailObserver
{
    /// <summary>One was sent.</summary>
    void Sent(OdsCode authority, string team, string subject);

    /// <summary>One was not sent; it will be tried again.</summary>
    void NotSent(OdsCode authority, string team, MailOutcome outcome);

    /// <summary>An alarm: the SMTP server could not be used several times in a row.</summary>
    void ServerFails(int times, string? reason);

    /// <summary>The SMTP server can be used again after that.</summary>
    void ServerWorks();

    /// <summary>An alarm: e-mail to a team was refused several times in a row.</summary>
    void TeamRefused(OdsCode authority, string team, int times, string? reason);

    /// <summary>The settings name an authority that is not registered or is suspended: nothing is sent to it.</summary>
    void NotAnAuthority(OdsCode authority);
}
