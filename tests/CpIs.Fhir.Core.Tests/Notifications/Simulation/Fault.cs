namespace CpIs.Fhir.Core.Tests.Notifications.Simulation;

/// <summary>A fault that a store could have, and the simulation must find.</summary>
internal enum Fault
{
    /// <summary>None: the simulation must find nothing.</summary>
    None,

    /// <summary>Whoever had a Subscription once may go on with it.</summary>
    NoFence,

    /// <summary>Events count as delivered when they are claimed.</summary>
    SettlesBeforeItSends,

    /// <summary>A number is taken apart from its event.</summary>
    NumbersApart,

    /// <summary>After a loss of power the last commits are gone.</summary>
    ForgetsWhatWasDurable,

    /// <summary>A delivery by any Subscription tells its authority, and not only one at its place of action.</summary>
    AnySubscriptionTells,

    /// <summary>A failure is kept with the events, and the others go past them.</summary>
    FailureOnEvent,
}
