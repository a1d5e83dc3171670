namespace CpIs.Fhir.Core.Commits;

/// <summary>A change that is ready to be committed, and its answer.</summary>
/// <param name="Commit">The change.</param>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Body">Body of the answer.</param>
/// <param name="Location">Location of the answer, where it has one.</param>
public sealed record PreparedWrite(Commit Commit, int Status, ReadOnlyMemory<byte> Body, string? Location);
