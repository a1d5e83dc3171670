namespace CpIs.Fhir.Core.Uploads;

/// <summary>What an upload may do to a record that is held: its turn among all uploads of the record.</summary>
internal enum Turn
{
    /// <summary>It is the newest: what it says holds.</summary>
    Newest,

    /// <summary>A newer one was here: nothing changes, and the sender is told (200).</summary>
    Superseded,

    /// <summary>It would open a plan that was withdrawn (409).</summary>
    UponWithdrawn,

    /// <summary>It has no time, and would make a finished plan active: only a sender who names the version may (412).</summary>
    NeedsVersion,
}
