namespace CpIs.Fhir.Core;

/// <summary>
/// The one source of ids: version 7 UUIDs in lower case, so that rows made together lie together in an index.
/// Holds nothing of what it names.
/// </summary>
public sealed class IdGenerator(TimeProvider time)
{
    /// <summary>A new id, valid as a FHIR resource id.</summary>
    public string Next() => Guid.CreateVersion7(time.GetUtcNow()).ToString("D");
}
