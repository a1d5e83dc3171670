using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>What became of one resource.</summary>
/// <param name="Resource">The version that is held now.</param>
/// <param name="IsCreated">True when it was not held before.</param>
/// <param name="Outcome">An OperationOutcome with what its sender should know; empty for nothing.</param>
public sealed record WrittenRecord(StoredResource Resource, bool IsCreated, ReadOnlyMemory<byte> Outcome);
