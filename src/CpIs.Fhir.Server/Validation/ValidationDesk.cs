using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Validation;

/// <summary>
/// Where resources are validated for those who ask, a few at a time: anybody may ask, and nobody may keep look-ups waiting.
/// Nothing of what is brought is kept or logged.
/// </summary>
internal sealed class ValidationDesk(ConformanceSet conformance, int places) : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _free = new(places, places);

    /// <summary>What is validated against.</summary>
    public ConformanceSet Conformance => conformance;

    /// <summary>The verdict; 429 when no place is free in time.</summary>
    public async Task<Result<ValidationResult>> ValidateAsync(
        FhirSource source,
        IReadOnlyList<string> profiles,
        CancellationToken cancellation
    )
    {
        if (!await _free.WaitAsync(LongestWait, cancellation))
            return new Refusal(
                RefusalKind.TooMany,
                [new Issue("throttled", "Too much is validated at once. Retry-After says when to come again.")],
                TimeSpan.FromSeconds(1)
            );
        try
        {
            return conformance.Validator.Validate(source, profiles);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();
}
