using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Validation;

/// <summary>
/// Places where forms of the page are read, up to 3 MiB each: whoever sends one is not known. A form takes
/// <see cref="Longest"/> at most, so that slow senders do not keep the places.
/// </summary>
internal sealed class PageReading() : Places(16, "forms")
{
    /// <summary>How long a form may take to arrive.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
}
