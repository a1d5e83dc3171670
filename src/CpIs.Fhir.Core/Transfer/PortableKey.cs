using CpIs.Fhir.Core.Keys;

namespace CpIs.Fhir.Core.Transfer;

/// <summary>A signing key with its secret: what it signed before the copy stays valid after it.</summary>
/// <param name="Key">The key. Never shown, never logged.</param>
public sealed record PortableKey(SigningKey Key) : PortableRecord
{
    /// <inheritdoc />
    public override TransferSection Section => TransferSection.Keys;

    /// <summary>Its purpose and id; not its secret.</summary>
    public override string ToString() => $"{Key.Purpose} key {Key.Id}";

    internal override void WriteTo(CanonicalForm form)
    {
        form.Add(Key.Purpose);
        form.Add(Key.Id);
        form.Add(Key.Secret.Span);
        form.Add(Key.Created);
        form.Add(Key.Retired);
    }
}
