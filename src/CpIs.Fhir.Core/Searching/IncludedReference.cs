using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Searching;

/// <summary>A reference between records, as <c>_include</c> and <c>_revinclude</c> name it: <c>Flag:patient</c>.</summary>
/// <param name="Source">Whose reference.</param>
/// <param name="Name">The search parameter of it.</param>
/// <param name="Token">Whose stored search values tell it: <c>subject</c> of a Flag is <c>patient</c>.</param>
/// <param name="Target">What it leads to.</param>
internal sealed record IncludedReference(RecordType Source, string Name, string Token, RecordType Target)
{
    private static readonly IncludedReference[] All =
    [
        new(RecordType.EpisodeOfCare, "patient", "patient", RecordType.Patient),
        new(RecordType.EpisodeOfCare, "organization", "organization", RecordType.Organization),
        new(RecordType.Flag, "patient", "patient", RecordType.Patient),
        new(RecordType.Flag, "subject", "patient", RecordType.Patient),
        new(RecordType.Flag, "author", "author", RecordType.Organization),
    ];

    /// <summary>What a search of a type may include.</summary>
    public static IReadOnlyList<string> From(RecordType type) => Named(reference => reference.Source == type);

    /// <summary>What may be included because it refers to a type.</summary>
    public static IReadOnlyList<string> To(RecordType type) =>
        type == RecordType.Patient ? Named(reference => reference.Target == type) : [];

    /// <summary>Reads <c>Flag:patient</c>, or <c>Flag:patient:Patient</c>, which says the same; null for what is no such reference.</summary>
    public static IncludedReference? Parse(string text) =>
        Array.Find(All, reference => text == reference.ToString() || text == $"{reference}:{reference.Target}");

    /// <inheritdoc />
    public override string ToString() => $"{Source}:{Name}";

    private static string[] Named(Func<IncludedReference, bool> which) =>
        [.. All.Where(which).Select(reference => reference.ToString())];
}
