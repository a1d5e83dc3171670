using System.Globalization;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>When the sender took the data of an upload from its register (<c>Bundle.timestamp</c>).</summary>
/// <param name="Stamp">What decides which upload is newer. An upload without time counts as now.</param>
/// <param name="IsSent">True when the sender gave the time.</param>
internal sealed record UploadTime(UploadStamp Stamp, bool IsSent)
{
    /// <summary>
    /// How far the sender's clock may be ahead of ours. What lies further ahead would freeze the register: every right upload
    /// until then would be older.
    /// </summary>
    public static readonly TimeSpan MaximumAhead = TimeSpan.FromMinutes(10);

    /// <summary>The time of an upload.</summary>
    /// <param name="sent"><c>Bundle.timestamp</c>; null where there is none. What cannot be read the profile refuses.</param>
    /// <param name="now">Our clock.</param>
    /// <param name="epoch">The authority's <see cref="Callers.Organisation.StampEpoch"/>.</param>
    public static UploadTime Of(string? sent, DateTimeOffset now, int epoch = 0) =>
        new(
            new UploadStamp((sent is null ? now : Read(sent) ?? now).ToUniversalTime(), Epoch: epoch),
            sent is not null
        );

    /// <summary>True when the upload is to be refused and an alarm raised.</summary>
    public bool IsAheadOf(DateTimeOffset now) => Stamp.Time > now + MaximumAhead;

    /// <summary>
    /// Every instant of FHIR: a leap second too (the second after :59), and those whose offset leads out of the years 1 to 9999. One that
    /// was passed over would count as now, and an old file would win.
    /// </summary>
    private static DateTimeOffset? Read(string text)
    {
        var culture = CultureInfo.InvariantCulture;
        if (DateTimeOffset.TryParse(text, culture, out var instant))
            return instant;
        if (
            text.Length > 19
            && text.AsSpan(16, 3) is ":60"
            && DateTimeOffset.TryParse($"{text.AsSpan(0, 17)}59{text.AsSpan(19)}", culture, out var second)
        )
            return second.AddSeconds(1);
        return text.StartsWith("0001-", StringComparison.Ordinal) ? DateTimeOffset.MinValue
            : text.StartsWith("9999-", StringComparison.Ordinal) ? DateTimeOffset.MaxValue
            : null;
    }

    /// <summary>Why it is refused (422).</summary>
    /// <param name="now">Our clock.</param>
    /// <param name="place">Where the time was sent.</param>
    public Issue Ahead(DateTimeOffset now, string place = "Bundle.timestamp") =>
        new(
            "business-rule",
            $"{place} is more than {MaximumAhead.TotalMinutes:0} minutes ahead. Sent: {Instant(Stamp.Time)}; our clock says {Instant(now)}. Send the time at which the data was taken from your register, and check the clock of the sending system.",
            place,
            SpineCodes.InvalidValue,
            Rule: "cpis-upload-timestamp-ahead"
        );

    private static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
