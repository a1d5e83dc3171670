using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// The search values that are stored with an uploaded record, so that no search parses one. What is written here is what
/// <see cref="SearchTables"/> asks for.
/// </summary>
internal static class RecordIndex
{
    /// <summary>Tokens of a Patient.</summary>
    public static IReadOnlyList<string> Patient(PatientContent patient, OdsCode authority)
    {
        var tokens = new List<string>(8)
        {
            SearchTokens.Identifier("identifier", FhirSystems.NhsNumber, patient.Number.Digits),
            SearchTokens.Text("family", patient.Family),
            SearchTokens.Text("name", patient.Family),
            SearchTokens.Day("birthdate", patient.BirthDate),
        };
        if (patient.LocalId is { } local)
            tokens.Add(SearchTokens.Identifier("identifier", FhirSystems.LocalPersonId(authority), local));
        foreach (var given in patient.Given)
        {
            tokens.Add(SearchTokens.Text("given", given));
            tokens.Add(SearchTokens.Text("name", given));
        }

        return [.. tokens.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Tokens of an EpisodeOfCare.</summary>
    public static IReadOnlyList<string> Episode(
        PlanContent plan,
        OdsCode authority,
        string patientId,
        string? organizationId
    ) =>
        [
            .. Plan(plan, authority, patientId),
            SearchTokens.Exact("status", PlanCodes.EpisodeStatus(plan.Status)),
            SearchTokens.Exact("type", plan.Type.Code),
            SearchTokens.Exact("organization", $"Organization/{organizationId}"),
        ];

    /// <summary>Tokens of a Flag.</summary>
    public static IReadOnlyList<string> Flag(
        PlanContent plan,
        OdsCode authority,
        string patientId,
        string? organizationId
    ) =>
        [
            .. Plan(plan, authority, patientId),
            SearchTokens.Exact("status", PlanCodes.FlagStatus(plan.Status)),
            SearchTokens.Exact("code", plan.Type.Code),
            SearchTokens.Exact("author", $"Organization/{organizationId}"),
        ];

    private static IEnumerable<string> Plan(PlanContent plan, OdsCode authority, string patientId) =>
        [
            SearchTokens.Identifier("identifier", FhirSystems.PlanId(authority), plan.PlanId),
            SearchTokens.Exact("patient", $"Patient/{patientId}"),
            SearchTokens.Exact("patient:identifier", plan.Child.Digits),
            SearchTokens.Day("date:start", plan.Start.Day),
            SearchTokens.Day("date:end", plan.End?.Day ?? SearchTokens.Open),
        ];
}
