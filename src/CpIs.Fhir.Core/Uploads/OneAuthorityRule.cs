using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>All entries of an upload belong to one authority.</summary>
internal static class OneAuthorityRule
{
    public static void Check(IReadOnlyList<SentEntry> entries, List<Disagreement> found)
    {
        var named = entries.SelectMany(entry => entry.Record is { } record ? Named(record) : []).ToList();
        if (named.Select(one => one.Code).Distinct(StringComparer.Ordinal).Take(2).Count() < 2)
            return;
        // The one that is named most is meant; the systems of plan ids name it too.
        var meant = named
            .Select(one => one.Code)
            .Concat(entries.Select(entry => PlanAuthority(entry.Record)).OfType<string>())
            .GroupBy(code => code, StringComparer.Ordinal)
            .MaxBy(group => group.Count())!
            .Key;
        foreach (var (at, code) in named)
            if (code != meant)
                found.Add(
                    new(
                        UploadAgreement.OneAuthority,
                        at,
                        $"All entries of an upload must belong to one authority. This one names {Shown.Value(code)}; most name {Shown.Value(meant)}."
                    )
                );
    }

    private static string? PlanAuthority(SentRecord? record) =>
        record?.Key is var (system, _) && system.StartsWith(FhirSystems.PlanIds, StringComparison.Ordinal)
            ? system[FhirSystems.PlanIds.Length..]
            : null;

    private static IEnumerable<(ISentElement At, string Code)> Named(SentRecord record)
    {
        if (record.Type is null)
            yield break;
        if (record.Authority is { Value: { } code } authority)
            yield return (authority, code);
        if (record.Type != RecordType.Patient)
            yield break;
        foreach (var identifier in record.Resource.ChildrenNamed("identifier"))
            if (
                identifier.Child("system") is { Value: { } system } at
                && system.StartsWith(FhirSystems.LocalPersonIds, StringComparison.Ordinal)
            )
                yield return (at, system[FhirSystems.LocalPersonIds.Length..]);
    }
}
