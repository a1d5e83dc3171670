namespace CpIs.Fhir.Core.Worklists;

/// <summary>How far a notice has come (design.md: "told, taken").</summary>
public enum NoticeState
{
    /// <summary>Nobody has been told.</summary>
    Untold,

    /// <summary>A channel that settles has delivered it; no named person has acknowledged it.</summary>
    Told,

    /// <summary>A named person has acknowledged it.</summary>
    Taken,
}
