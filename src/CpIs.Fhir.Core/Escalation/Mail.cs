namespace CpIs.Fhir.Core.Escalation;

/// <summary>One e-mail. It names no child and no person.</summary>
/// <param name="To">The one address that it goes to.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Text">Plain text.</param>
public sealed record Mail(string To, string Subject, string Text)
{
    /// <summary>Without the address.</summary>
    public override string ToString() => $"Mail {{ Subject = {Subject} }}";
}

/// <summary>How sending one ended.</summary>
public enum MailResult
{
    /// <summary>The SMTP server has it.</summary>
    Sent,

    /// <summary>The SMTP server does not take this one, for its address or its content; others may go.</summary>
    Refused,

    /// <summary>The SMTP server cannot be reached or used: no other would go now.</summary>
    Unreachable,
}

/// <summary>How sending one ended, and why.</summary>
/// <param name="Result">How.</param>
/// <param name="Reason">Why not; null when it was sent. Names no address.</param>
public sealed record MailOutcome(MailResult Result, string? Reason);

/// <summary>Sends e-mail.</summary>
public interface IMailSender
{
    /// <summary>Sends one, within some seconds. A failure is an answer, not an exception.</summary>
    Task<MailOutcome> SendAsync(Mail mail, CancellationToken cancellation);
}
