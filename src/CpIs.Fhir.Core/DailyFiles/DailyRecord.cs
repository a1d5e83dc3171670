using System.Globalization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// One record of a daily file as it was sent: a child and its plans, whatever the form of the file (JSON Bundle, NDJSON, CSV). It is
/// judged, resolved and committed as the transaction of that child.
/// </summary>
/// <param name="Position">Where it is in the file.</param>
/// <param name="Entries">
/// The Patient, then its EpisodesOfCare, with or without Flags; fewer where something could not be read. A Patient that is held may be left out.
/// </param>
public sealed record DailyRecord(RecordPosition Position, IReadOnlyList<DailyEntry> Entries)
{
    /// <summary>Most bytes of one record, as it is written in the file: 64 KiB.</summary>
    public const int MostBytes = 64 * 1_024;

    /// <summary>
    /// What whoever read the file found wrong with the record. With any fault of severity <c>error</c> it is refused; what could be read of it is
    /// judged all the same, so that all is told at once. Warnings go with it.
    /// </summary>
    public IReadOnlyList<Issue> Faults { get; init; } = [];

    /// <summary>What must be held still for the record to change anything; null for no such condition, and for everything that was sent.</summary>
    internal HeldVersion? Expected { get; init; }

    /// <summary>By which the plans of a record refer to its Patient (<c>patient.reference</c>) where the entries have no fullUrl.</summary>
    public static string PatientUrl { get; } = UrlOf(0);

    /// <summary>The record of a child.</summary>
    /// <param name="position">Where it is in the file.</param>
    /// <param name="patient">The Patient in JSON; empty where there is none.</param>
    /// <param name="plans">Each EpisodeOfCare in JSON; <c>patient.reference</c> is <see cref="PatientUrl"/>.</param>
    public static DailyRecord Of(
        RecordPosition position,
        ReadOnlyMemory<byte> patient,
        IReadOnlyList<ReadOnlyMemory<byte>> plans
    )
    {
        ArgumentNullException.ThrowIfNull(plans);
        var entries = new List<DailyEntry>(plans.Count + 1);
        if (!patient.IsEmpty)
            entries.Add(new DailyEntry(patient, PatientUrl));
        foreach (var plan in plans)
            entries.Add(new DailyEntry(plan, UrlOf(entries.Count + (patient.IsEmpty ? 1 : 0))));
        return new DailyRecord(position, entries);
    }

    /// <summary>The fullUrl of an entry that was sent without one.</summary>
    /// <param name="index">Which entry, from 0.</param>
    public static string UrlOf(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"urn:uuid:00000000-0000-4000-8000-{index + 1:D12}");
}
