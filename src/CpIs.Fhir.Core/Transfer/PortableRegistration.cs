using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Core.Transfer;

/// <summary>A registered organisation or client.</summary>
/// <param name="Registration">As it is stored.</param>
public sealed record PortableRegistration(Registration Registration) : PortableRecord
{
    /// <inheritdoc />
    public override TransferSection Section => TransferSection.Registrations;

    /// <inheritdoc />
    public override int Size => 128 + Registration.Json.Length;

    internal override void WriteTo(CanonicalForm form)
    {
        form.Add(Registration.Kind);
        form.Add(Registration.Id);
        form.Add(Registration.Json.Span);
    }
}

/// <summary>The stamp of all registrations; it never goes back, or a server could keep what is no more.</summary>
/// <param name="Stamp">As <see cref="RegistrationSnapshot.Stamp"/>.</param>
public sealed record PortableStamp(long Stamp) : PortableRecord
{
    /// <inheritdoc />
    public override TransferSection Section => TransferSection.Registrations;

    internal override void WriteTo(CanonicalForm form) => form.Add(Stamp);
}
