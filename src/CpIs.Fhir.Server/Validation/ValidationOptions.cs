namespace CpIs.Fhir.Server.Validation;

/// <summary>Section <c>Validation</c>: how what is written is validated. Names and meaning as in Firely Server.</summary>
public sealed record ValidationOptions
{
    /// <summary>How much is validated before something is stored; default <see cref="ValidationLevel.Full"/>.</summary>
    public ValidationLevel Level { get; init; } = ValidationLevel.Full;

    /// <summary>
    /// Canonicals that a written resource may claim (<c>meta.profile</c>); one that claims another is refused. Empty, the default:
    /// any.
    /// </summary>
    public IReadOnlyList<string> AllowedProfiles { get; init; } = [];
}

/// <summary>How much is validated before something is stored. The rules of the journey (<c>cpis-...</c>) hold on any level.</summary>
public enum ValidationLevel
{
    /// <summary>Nothing more than the rules of the journey.</summary>
    Off,

    /// <summary>The R4 type.</summary>
    Core,

    /// <summary>The profile that the exchange asks for, and those that are claimed.</summary>
    Full,
}
