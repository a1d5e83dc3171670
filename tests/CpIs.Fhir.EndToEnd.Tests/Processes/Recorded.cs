using System.Text.Json;

namespace CpIs.Fhir.EndToEnd.Tests.Processes;

/// <summary>The unscheduled accesses that an authority finds: which child each was of.</summary>
internal static class Recorded
{
    /// <summary>NHS numbers by the id of the access.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ChildrenAsync(Actor authority) =>
        (await authority.ReadAllAsync("AuditEvent?_count=1000")).ToDictionary(
            access => access.GetProperty("id").GetString()!,
            ChildOf
        );

    /// <summary>Children of whom no access was told, though some were answered: each is told of once in an attendance.</summary>
    public static IReadOnlyList<string> Untold(
        this IReadOnlyDictionary<string, string> children,
        IEnumerable<string> answered,
        IEnumerable<string> told
    ) =>
        [
            .. answered
                .Select(id => children[id])
                .Distinct()
                .Except(told.Where(children.ContainsKey).Select(id => children[id])),
        ];

    private static string ChildOf(JsonElement access) =>
        access
            .GetProperty("entity")
            .EnumerateArray()
            .Select(entity => entity.GetProperty("what"))
            .Where(what => what.TryGetProperty("identifier", out var identifier) && IsNhsNumber(identifier))
            .Select(what => what.GetProperty("identifier").GetProperty("value").GetString()!)
            .First();

    private static bool IsNhsNumber(JsonElement identifier) =>
        identifier.TryGetProperty("system", out var system)
        && system.GetString() == "https://fhir.nhs.uk/Id/nhs-number";
}
