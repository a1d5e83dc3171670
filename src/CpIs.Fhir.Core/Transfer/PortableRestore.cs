namespace CpIs.Fhir.Core.Transfer;

/// <summary>One restore that the store was told of. The epoch of the store is that of the latest, and never goes back.</summary>
/// <param name="Epoch">From then on; 0 was before the first.</param>
/// <param name="Told">When.</param>
public sealed record PortableRestore(long Epoch, DateTimeOffset Told) : PortableRecord
{
    /// <inheritdoc />
    public override TransferSection Section => TransferSection.Restores;

    internal override void WriteTo(CanonicalForm form)
    {
        form.Add(Epoch);
        form.Add(Told);
    }
}
