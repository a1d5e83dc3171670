namespace CpIs.Fhir.Core.Commits;

/// <summary>The first answer to a write, kept so that a repeat with the same X-Request-ID gets it again.</summary>
/// <param name="ClientId">Whose request.</param>
/// <param name="RequestId">X-Request-ID.</param>
/// <param name="BodyHash">SHA-256 of method, URL and body: another one under the same id is a conflict.</param>
/// <param name="Status">HTTP status of the first answer.</param>
/// <param name="Body">Body of the first answer.</param>
/// <param name="Location">Location header of the first answer, where it had one.</param>
/// <param name="Expires">When a repeat counts as new (24 h later).</param>
public sealed record IdempotentAnswer(
    string ClientId,
    string RequestId,
    ReadOnlyMemory<byte> BodyHash,
    int Status,
    ReadOnlyMemory<byte> Body,
    string? Location,
    DateTimeOffset Expires
);
