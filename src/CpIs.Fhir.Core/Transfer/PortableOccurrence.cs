using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.Transfer;

/// <summary>One occurrence, with what has become of its obligations.</summary>
/// <param name="Occurrence">The document, immutable.</param>
/// <param name="Obligations">Its obligations, in any order.</param>
public sealed record PortableOccurrence(Occurrence Occurrence, IReadOnlyList<PortableObligation> Obligations)
    : PortableRecord
{
    /// <inheritdoc />
    public override TransferSection Section => TransferSection.Occurrences;

    /// <inheritdoc />
    public override int Size => 768;

    internal override void WriteTo(CanonicalForm form)
    {
        form.Add(OccurrenceJson.Write(Occurrence));
        form.Add(Obligations.Count);
        foreach (var obligation in Obligations.OrderBy(o => o.Authority))
        {
            form.Add(obligation.Authority.Value);
            form.Add(obligation.Settled);
            form.Add(obligation.Taken);
            form.Add(obligation.TakenBy);
            form.Add(obligation.NumberedOn.Count);
            foreach (var subscription in obligation.NumberedOn.Order(StringComparer.Ordinal))
                form.Add(subscription);
        }
    }
}

/// <summary>How far one obligation of an occurrence has come.</summary>
/// <param name="Authority">Who must be notified.</param>
/// <param name="Settled">When it was, or null while it is open.</param>
/// <param name="NumberedOn">
/// Of an open one: the Subscriptions that have an event of it, in any order; every other one of the authority gets its event
/// when it takes events. Empty for a settled one, which is never numbered again.
/// </param>
/// <param name="Taken">When a named person acknowledged it, or null.</param>
/// <param name="TakenBy">Id of the occurrence that says who did, or null.</param>
public sealed record PortableObligation(
    OdsCode Authority,
    DateTimeOffset? Settled,
    IReadOnlyList<string> NumberedOn,
    DateTimeOffset? Taken = null,
    string? TakenBy = null
);
