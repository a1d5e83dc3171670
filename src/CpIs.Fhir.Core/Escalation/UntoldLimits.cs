namespace CpIs.Fhir.Core.Escalation;

/// <summary>How old the oldest untold notice of an authority may become (design.md, "What settles").</summary>
public static class UntoldLimits
{
    /// <summary>
    /// By then a notice is to be taken by webhook, inbox, and from the work-list of an authority without a Subscription (<see cref="ChannelLimits"/> knows of others).
    /// Older, it is the authority's alarm; and whatever the channel, people are reminded by e-mail.
    /// </summary>
    public static readonly TimeSpan TakeWithin = TimeSpan.FromMinutes(15);

    /// <summary>So much later it is the operator's alarm too: somebody rings the authority.</summary>
    public static readonly TimeSpan OperatorAfter = TimeSpan.FromMinutes(60);
}
