using System.Text.Json;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Two authorities that tell one NHS number differently: neither is refused, both are told, each when it next uploads the
/// child. The text says nothing of what the other holds.
/// </summary>
internal static class DataQuality
{
    /// <summary>The warning, or null where no other authority's Patient differs in name or date of birth.</summary>
    public static Issue? Check(UploadEntry entry, IReadOnlyList<StoredResource> elsewhere) =>
        elsewhere.Any(other => Differs(entry.Patient!, other))
            ? new Issue(
                "business-rule",
                "Another authority holds this NHS number with a different name or date of birth. Check yours against the Personal Demographics Service.",
                entry.Place.Path,
                SpineCodes.ValidationError,
                "warning",
                "cpis-data-quality"
            )
            : null;

    private static bool Differs(PatientContent own, StoredResource other)
    {
        if (other.BirthDate != own.BirthDate)
            return true;
        using var json = JsonDocument.Parse(other.Body);
        var name = json.RootElement.GetProperty("name")[0];
        return !Same(name.GetProperty("family").GetString()!, own.Family)
            || !Same(name.GetProperty("given")[0].GetString()!, own.Given[0]);
    }

    private static bool Same(string one, string other) => SearchTokens.Fold(one) == SearchTokens.Fold(other);
}
