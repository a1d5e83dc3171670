using System.Text.Json;

namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// Where a token carries something: a claim, and from there into its JSON, such as <c>cpis_user.sdsUserId</c> or
/// <c>nhsid_nrbac_roles[person_roleid=selected_roleid].role_code</c> (of the array's elements, the one whose
/// <c>person_roleid</c> equals the claim <c>selected_roleid</c>). An array without such a choice stands for all its elements.
/// </summary>
/// <param name="text">The path.</param>
public sealed class ClaimPath(string text)
{
    private readonly (string Name, string? Key, string? Claim)[] _steps = [.. text.Split('.').Select(Step)];

    /// <summary>Every string (or number) found there, in order; empty when the token carries none.</summary>
    /// <param name="claims">The token's payload.</param>
    public IReadOnlyList<string> Find(JsonElement claims)
    {
        IEnumerable<JsonElement> found = [claims];
        foreach (var (name, key, claim) in _steps)
        {
            found = found
                .Where(element => element.ValueKind == JsonValueKind.Object)
                .SelectMany(element => element.TryGetProperty(name, out var value) ? Flat(value) : []);
            if (key is not null)
                found = found.Where(element => IsChosen(element, key, claims, claim!));
        }

        return
        [
            .. found
                .Where(element => element.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                .Select(element => element.ToString()),
        ];
    }

    private static (string, string?, string?) Step(string text) =>
        text.Split('[', ']', '=') switch
        {
            [var name] => (name, null, null),
            [var name, var key, var claim, ""] => (name, key, claim),
            _ => throw new FormatException(
                $"'{text}' is not a step of a claim path. Allowed: name, or name[property=claim]."
            ),
        };

    private static List<JsonElement> Flat(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];

    private static bool IsChosen(JsonElement element, string key, JsonElement claims, string claim) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(key, out var here)
        && claims.TryGetProperty(claim, out var wanted)
        && here.ValueKind == JsonValueKind.String
        && wanted.ValueKind == JsonValueKind.String
        && here.ValueEquals(wanted.GetString());
}
