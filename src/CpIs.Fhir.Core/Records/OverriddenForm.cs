using System.Globalization;
using System.Text.Json.Serialization;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Records;

/// <summary>
/// A person had changed a record by form, and then the case system said otherwise: it is held as the case system says, and a person must
/// look at it. See docs/adr/0062.
/// </summary>
/// <param name="By">Name of the person who sent the form.</param>
/// <param name="Sent">When they sent it.</param>
/// <param name="Overridden">When the case system's upload was stored.</param>
public sealed record OverriddenForm(
    [property: JsonPropertyName("b")] string By,
    [property: JsonPropertyName("t")] DateTimeOffset Sent,
    [property: JsonPropertyName("o")] DateTimeOffset Overridden
)
{
    /// <summary>What is told of it, in the answer to an upload, on the work-list and in the morning summary.</summary>
    public string Told => $"changed {ByForm(By, Sent)}; your case system says otherwise";

    /// <summary>By whom and when something was done by form.</summary>
    /// <param name="by">Name of the person.</param>
    /// <param name="sent">When they sent it; shown as a London day.</param>
    internal static string ByForm(string by, DateTimeOffset sent) =>
        string.Create(CultureInfo.InvariantCulture, $"by form on {LondonCalendar.DayOf(sent):d MMMM yyyy} by {by}");
}
