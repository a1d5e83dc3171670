using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// An organisation registered with the exchange: an authority, a setting, a tester or an operator.
/// </summary>
public sealed record Organisation
{
    /// <summary>ODS code, unique among organisations.</summary>
    public required OdsCode Code { get; init; }

    /// <summary>What a person reads.</summary>
    public required string Name { get; init; }

    /// <summary>What it does.</summary>
    public required CallerKind Kind { get; init; }

    /// <summary>Id of the FHIR Organization that shows it; authorities and settings have one.</summary>
    public string? ResourceId { get; init; }

    /// <summary>
    /// An authority's office-hours phone, where it has one (0..1). A setting's is told to the authority with a missed appointment, and is on no
    /// resource.
    /// </summary>
    public string? OfficePhone { get; init; }

    /// <summary>An authority's emergency duty phone (1..1 for an authority).</summary>
    public string? EmergencyDutyPhone { get; init; }

    /// <summary>A setting's kind, a code of the setting-kind code system such as <c>emergency-department</c>.</summary>
    public string? SettingKind { get; init; }

    /// <summary>Modes in which a setting may look children up; a person's activities count only within these.</summary>
    public IReadOnlyList<LookUpMode> ModeRights { get; init; } = [];

    /// <summary>
    /// An authority's how-manieth counting of upload stamps, from 0. A restart with a second person raises it by 1; every
    /// upload from then on is newer than every one before.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int StampEpoch { get; init; }

    /// <summary>For which days an authority is expected to upload; null: <see cref="UploadCalendar.Default"/>.</summary>
    public UploadCalendar? Uploads { get; init; }

    /// <summary>True when nothing may be done in its name any more; its records stay.</summary>
    public bool Suspended { get; init; }
}
