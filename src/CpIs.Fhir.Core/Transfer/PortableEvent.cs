namespace CpIs.Fhir.Core.Transfer;

/// <summary>
/// One numbered event on one Subscription. Whom it is about is not in it: that is in its occurrences, and a store that
/// keeps it next to the event takes it from there.
/// </summary>
/// <param name="SubscriptionId">The Subscription.</param>
/// <param name="Number">1, 2, 3, ...</param>
/// <param name="Time">When the first of its occurrences happened.</param>
/// <param name="Occurrences">Ids of the occurrences it reports, oldest first.</param>
/// <param name="Fence">The fence of its latest claim; 0 when it has never been claimed, so that others may join it.</param>
/// <param name="Delivered">When a receiver took it, or null.</param>
public sealed record PortableEvent(
    string SubscriptionId,
    long Number,
    DateTimeOffset Time,
    IReadOnlyList<string> Occurrences,
    long Fence,
    DateTimeOffset? Delivered
) : PortableRecord
{
    /// <inheritdoc />
    public override TransferSection Section => TransferSection.Events;

    internal override void WriteTo(CanonicalForm form)
    {
        form.Add(SubscriptionId);
        form.Add(Number);
        form.Add(Time);
        form.Add(Occurrences.Count);
        // Occurrences of one millisecond have no order that every store knows.
        foreach (var occurrence in Occurrences.Order(StringComparer.Ordinal))
            form.Add(occurrence);
        form.Add(Delivered);
        form.Add(Fence);
    }
}
