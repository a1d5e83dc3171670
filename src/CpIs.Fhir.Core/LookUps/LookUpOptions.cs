using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>How look-ups behave (section <c>LookUp</c> of fhir.config.json).</summary>
public sealed record LookUpOptions
{
    /// <summary>
    /// How long reading and recording may take together before the answer is 503 "could not check". Default 5 s; 1 to 60.
    /// </summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; init; } = 5;
}
