using System.Globalization;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Retention;

/// <summary>What one run has removed, in numbers: nothing of a person is in it.</summary>
public sealed record RetentionCounts
{
    /// <summary>Plans, each an EpisodeOfCare with its Flag.</summary>
    public int Plans { get; init; }

    /// <summary>Patients.</summary>
    public int Patients { get; init; }

    /// <summary>Occurrences.</summary>
    public int Occurrences { get; init; }

    /// <summary>Superseded versions of resources.</summary>
    public int Versions { get; init; }

    /// <summary>Delivered events.</summary>
    public int Events { get; init; }

    /// <summary>Kept answers and one-time values that had expired: housekeeping that nobody need know of.</summary>
    public int Expired { get; init; }

    /// <summary>True when something was removed that somebody may ask for later.</summary>
    public bool IsWorthTelling => Plans + Patients + Occurrences + Versions + Events > 0;

    /// <inheritdoc />
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"removed: {Plans} plans, {Patients} patients, {Occurrences} occurrences, {Versions} superseded versions, {Events} delivered events"
        );

    /// <summary>With one commit of records more.</summary>
    internal RetentionCounts With(IReadOnlyList<Removal> removals) =>
        this with
        {
            Plans = Plans + removals.Count(r => r.Type == RecordType.EpisodeOfCare),
            Patients = Patients + removals.Count(r => r.Type == RecordType.Patient),
        };
}
