namespace CpIs.Fhir.Core.Transfer;

/// <summary>
/// One thing that a store holds, as it is in any store: in clear, without keys and marks of the store's own making. Two
/// stores that hold the same give equal records, which is what checksums rest on.
/// </summary>
public abstract record PortableRecord
{
    /// <summary>Where it belongs.</summary>
    public abstract TransferSection Section { get; }

    /// <summary>About how many bytes it holds, for the size of batches.</summary>
    public virtual int Size => 256;

    /// <summary>Writes all that must survive a copy, in one fixed order.</summary>
    internal abstract void WriteTo(CanonicalForm form);
}
