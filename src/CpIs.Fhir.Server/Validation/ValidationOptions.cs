namespace CpIs.Fhir.Server.Validation;

/// <summary>
/// Section <c>Validation</c>: how what is written is validated. It is always judged by the profiles of the exchange, because they are the
/// only place of most rules (docs/adr).
/// </summary>
public sealed record ValidationOptions
{
    /// <summary>
    /// Canonicals that a written resource may claim (<c>meta.profile</c>); one that claims another is refused. Empty, the default:
    /// any.
    /// </summary>
    public IReadOnlyList<string> AllowedProfiles { get; init; } = [];
}
