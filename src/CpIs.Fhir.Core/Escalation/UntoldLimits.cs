namespace CpIs.Fhir.Core.Escalation;

/// <summary>How old the oldest untold notice of an authority may become (design.md, "What settles").</summary>
public static class UntoldLimits
{
    /// <summary>
    /// By then a notice is to be taken, on every channel there is: webhook, inbox, and the work-list of an authority without a Subscription. Older, it is
    /// the authority's alarm, and people are reminded by e-mail.
    /// </summary>
    public static readonly TimeSpan TakeWithin = TimeSpan.FromMinutes(15);

    /// <summary>From then on it is the operator's alarm too: somebody rings the authority.</summary>
    public static readonly TimeSpan OperatorAfter = TakeWithin + TimeSpan.FromMinutes(60);
}
