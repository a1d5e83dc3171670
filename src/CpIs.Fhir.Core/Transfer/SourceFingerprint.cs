using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Core.Transfer;

/// <summary>
/// Tells whether a copy that is run again is of the same source in the same state: its counts, and the whole of its small
/// sections. Signing keys make two exchanges differ, ledgers and registrations two states of one. What slips through (an
/// upload of as many resources as were removed) is found when both stores are compared at the end.
/// </summary>
internal static class SourceFingerprint
{
    private static readonly TransferSection[] Small =
    [
        TransferSection.Ledgers,
        TransferSection.Registrations,
        TransferSection.Keys,
    ];

    public static async Task<string> OfAsync(
        ITransferSource source,
        IReadOnlyDictionary<TransferSection, long> counts,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var text = new StringBuilder(source.Identity).Append('\n');
        foreach (var section in TransferSections.All.Where(section => !section.Expires()))
            text.Append(CultureInfo.InvariantCulture, $"{section} {counts[section]}\n");
        foreach (var section in Small)
        {
            var sum = default(SectionSum);
            await foreach (var batch in source.ReadAsync(section, null, now, cancellation).ConfigureAwait(false))
                sum = sum.With(batch.Records);
            text.Append(CultureInfo.InvariantCulture, $"{section} {sum}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
