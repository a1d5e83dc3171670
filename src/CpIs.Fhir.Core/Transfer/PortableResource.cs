using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Transfer;

/// <summary>One resource with every version of it that is held.</summary>
/// <param name="Current">The current version.</param>
/// <param name="Earlier">Earlier ones, ascending. There may be gaps: retention removes old ones.</param>
public sealed record PortableResource(StoredResource Current, IReadOnlyList<StoredResource> Earlier) : PortableRecord
{
    /// <inheritdoc />
    public override TransferSection Section => TransferSection.Resources;

    /// <inheritdoc />
    public override int Size => SizeOf(Current) + Earlier.Sum(SizeOf);

    internal override void WriteTo(CanonicalForm form)
    {
        Write(form, Current);
        form.Add(Earlier.Count);
        foreach (var version in Earlier)
            Write(form, version);
    }

    private static int SizeOf(StoredResource version) => 512 + version.Body.Length + version.SettingView.Length;

    private static void Write(CanonicalForm form, StoredResource version)
    {
        // The side values hold what remains; tokens are a set, and a store may give them in another order.
        var tokens = version.Tokens.ToArray();
        Array.Sort(tokens, string.CompareOrdinal);
        form.Add((long)version.Type);
        form.Add(version.Id);
        form.Add(version.Version);
        form.Add(version.LastUpdated);
        form.Add(version.Authority.Value);
        form.Add(SideValuesJson.Write(version with { Tokens = tokens }, withKeys: true));
        form.Add(version.SettingView.Span);
        form.Add(version.Body.Span);
    }
}
