using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.Retention;

/// <summary>Puts on record what was removed: an occurrence of administration that the exchange itself caused.</summary>
public sealed class RetentionRecord(
    IOccurrenceStore occurrences,
    IOrganisationDirectory directory,
    IdGenerator ids,
    TimeProvider time
)
{
    /// <summary>Client of the occurrence, which no client can have: ids of clients hold no space.</summary>
    public const string Client = "the exchange";

    /// <summary>Stands for the exchange where no operator is registered.</summary>
    private static readonly OdsCode Nobody = OdsCode.Parse("CPIS");

    /// <summary>Tells it, if anything was removed. While the store does not answer, only the log has it.</summary>
    public async Task TellAsync(RetentionCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (!counts.IsWorthTelling)
            return;
        var host = directory
            .Current.Organisations.Where(o => o.Kind == CallerKind.Operator)
            .MinBy(o => o.Code.Value, StringComparer.Ordinal);
        var occurrence = new Occurrence
        {
            Id = ids.Next(),
            Kind = OccurrenceKind.Administration,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()),
            ClientId = Client,
            Organisation = host?.Code ?? Nobody,
            OrganisationName = host?.Name ?? "The exchange",
            CallerKind = CallerKind.Operator,
            Interaction = "retention",
            Reason = counts.ToString(),
            RequestId = ids.Next(),
        };
        try
        {
            await occurrences.RecordAsync(occurrence, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // What was removed is gone all the same; it was reported before.
        }
    }
}
