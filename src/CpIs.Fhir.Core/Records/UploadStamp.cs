using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Records;

/// <summary>
/// Which of two uploads is the newer one: when the authority took the data from its register, then a sequence number
/// (design: "Late never wins"). Before both counts how often the authority restarted its stamps. A record keeps the stamp of the upload that last wrote or confirmed it.
/// </summary>
/// <param name="Time">
/// <c>Bundle.timestamp</c> of a transaction; when it was sent where the sender gave no time. Compared as an instant.
/// </param>
/// <param name="Sequence">Orders uploads of one time; 0 where the interface has no such number.</param>
/// <param name="Epoch">How often the authority had restarted its stamps; see <see cref="Callers.Organisation.StampEpoch"/>.</param>
/// <param name="Form">Name of the person who sent it as a form; null for what a case system sent. It decides no turn.</param>
public sealed record UploadStamp(
    [property: JsonPropertyName("t")] DateTimeOffset Time,
    [property: JsonPropertyName("q")] long Sequence = 0,
    [property: JsonPropertyName("e"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Epoch = 0,
    [property: JsonPropertyName("f")] string? Form = null
)
{
    /// <summary>Below 0 when this one is of an earlier upload, above 0 when it is of a later one.</summary>
    public int CompareTo(UploadStamp other) =>
        (Epoch, Time, Sequence).CompareTo((other.Epoch, other.Time, other.Sequence));

    /// <summary>True when this one is of an earlier upload.</summary>
    public bool IsOlderThan(UploadStamp other) => CompareTo(other) < 0;
}
