namespace CpIs.Fhir.Core.Transfer;

/// <summary>
/// The parts of a store that are copied one after the other, in this order: an event is told of by the occurrences before
/// it, a ledger belongs to a Subscription before it. The numbers are part of every checksum: never renumber.
/// </summary>
public enum TransferSection
{
    /// <summary>Resources, each with its current and its earlier versions (<see cref="PortableResource"/>).</summary>
    Resources = 1,

    /// <summary>Occurrences, with the state of their obligations (<see cref="PortableOccurrence"/>).</summary>
    Occurrences = 2,

    /// <summary>Where Subscriptions stand (<see cref="PortableLedger"/>).</summary>
    Ledgers = 3,

    /// <summary>Numbered events (<see cref="PortableEvent"/>).</summary>
    Events = 4,

    /// <summary>Who is registered, with the stamp (<see cref="PortableRegistration"/>, <see cref="PortableStamp"/>).</summary>
    Registrations = 5,

    /// <summary>Signing keys (<see cref="PortableKey"/>).</summary>
    Keys = 6,

    /// <summary>Unexpired answers kept for repeats (<see cref="PortableAnswer"/>).</summary>
    Answers = 7,

    /// <summary>Unexpired one-time values (<see cref="PortableOneTimeValue"/>).</summary>
    OneTimeValues = 8,

    /// <summary>Restores that the store was told of (<see cref="PortableRestore"/>).</summary>
    Restores = 9,
}

/// <summary>What is true of sections.</summary>
public static class TransferSections
{
    /// <summary>All of them, in the order in which they are copied.</summary>
    public static IReadOnlyList<TransferSection> All { get; } = Enum.GetValues<TransferSection>();

    /// <summary>
    /// True where records vanish by the mere passing of time. What was read an hour ago says nothing of such a section, so
    /// it is compared only by what both stores hold now.
    /// </summary>
    public static bool Expires(this TransferSection section) =>
        section is TransferSection.Answers or TransferSection.OneTimeValues;

    /// <summary>How a person calls it.</summary>
    public static string Words(this TransferSection section) =>
        section switch
        {
            TransferSection.Resources => "resources",
            TransferSection.Occurrences => "occurrences",
            TransferSection.Ledgers => "ledgers",
            TransferSection.Events => "events",
            TransferSection.Registrations => "registrations",
            TransferSection.Keys => "signing keys",
            TransferSection.Answers => "kept answers",
            TransferSection.OneTimeValues => "one-time values",
            _ => "restores",
        };
}
