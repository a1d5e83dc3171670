namespace CpIs.Fhir.Core.Escalation;

/// <summary>When e-mail that was not sent is tried again.</summary>
internal static class MailPace
{
    /// <summary>An address that was refused would be refused again at once, or wants to see that the sender has patience.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMinutes(5);

    /// <summary>For how long it is not tried again.</summary>
    /// <param name="result">How it ended.</param>
    /// <param name="sent">For how long where it was sent.</param>
    public static TimeSpan After(MailResult result, TimeSpan sent) =>
        result switch
        {
            MailResult.Sent => sent,
            MailResult.Refused => AfterRefusal,
            MailResult.Unreachable => TimeSpan.Zero,
            _ => throw new ArgumentOutOfRangeException(nameof(result)),
        };
}
