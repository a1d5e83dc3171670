namespace CpIs.Fhir.Core.Callers;

/// <summary>How a look-up counts.</summary>
public enum LookUpMode
{
    /// <summary>Creates obligations (the authority is notified) and enters the history.</summary>
    Unscheduled,

    /// <summary>The silent read: neither notifies nor enters the history. It is audited all the same.</summary>
    Scheduled,
}
