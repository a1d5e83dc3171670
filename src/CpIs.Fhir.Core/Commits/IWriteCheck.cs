using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Core.Commits;

/// <summary>
/// Reads what is to be stored and judges it by its profile: the only place where structure, cardinality, codes and patterns are judged.
/// Core's own rules say only what a profile cannot.
/// </summary>
public interface IWriteCheck
{
    /// <summary>What was sent, or why it cannot be read as a resource at all (400, 413).</summary>
    /// <param name="body">The resource as it was sent, in JSON.</param>
    /// <param name="limits">How large and deep it may be.</param>
    Result<SentBody> Read(ReadOnlyMemory<byte> body, JsonLimits limits);
}
