using System.Collections.Frozen;
using System.Text.Json;

namespace CpIs.Fhir.Core.Callers;

/// <summary>What a validated token says. Who the caller is, is for the registration to say: see <see cref="CallerRules"/>.</summary>
/// <param name="ClientId">The client it was given to.</param>
/// <param name="Person">Who acts, where the token names one.</param>
/// <param name="Activities">Their activity codes.</param>
/// <param name="Scopes">Scopes granted.</param>
public sealed record TokenFacts(
    string ClientId,
    Person? Person,
    IReadOnlyCollection<string> Activities,
    IReadOnlyCollection<string> Scopes
);

/// <summary>Reads <see cref="TokenFacts"/> out of a token by an issuer's <see cref="ClaimMapping"/>.</summary>
/// <param name="mapping">Where that issuer says what.</param>
public sealed class TokenFactsReader(ClaimMapping mapping)
{
    private readonly ClaimPath _clientId = new(mapping.ClientId);
    private readonly ClaimPath _scope = new(mapping.Scope);
    private readonly ClaimPath? _sdsUserId = Path(mapping.SdsUserId);
    private readonly ClaimPath? _roleProfileId = Path(mapping.RoleProfileId);
    private readonly ClaimPath? _roleCode = Path(mapping.RoleCode);
    private readonly ClaimPath? _roleName = Path(mapping.RoleName);
    private readonly ClaimPath? _name = Path(mapping.Name);
    private readonly ClaimPath? _activities = Path(mapping.Activities);

    /// <summary>The facts, or why the token cannot be understood (401).</summary>
    /// <param name="claims">The payload of a token whose signature, issuer, audience and times are valid.</param>
    public Result<TokenFacts> Read(JsonElement claims)
    {
        if (_clientId.Find(claims) is not [{ Length: > 0 } clientId])
            return Unreadable("names no client, or several");
        var scopes = _scope
            .Find(claims)
            .SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToFrozenSet(StringComparer.Ordinal);
        var users = Find(_sdsUserId, claims);
        if (users.Count == 0)
            return new TokenFacts(clientId, null, [], scopes);

        var (profiles, codes, roles, names) = (
            Find(_roleProfileId, claims),
            Find(_roleCode, claims),
            Find(_roleName, claims),
            Find(_name, claims)
        );
        if (users.Count > 1 || profiles.Count > 1 || codes.Count > 1 || roles.Count > 1 || names.Count > 1)
            return Unreadable("names several persons or roles, and does not say which of them acts");
        var user = new ClientUser(
            users[0],
            profiles is [var profile] ? profile : null,
            codes is [var code] ? code : "",
            roles is [var role] ? role : "",
            names is [var name] ? name : "",
            Find(_activities, claims)
        );
        return PersonRules.Check(user) is { } problem
            ? Unreadable($"names a person who cannot be shown: {problem}")
            : new TokenFacts(
                clientId,
                PersonRules.PersonOf(user),
                user.Activities.ToFrozenSet(StringComparer.Ordinal),
                scopes
            );
    }

    private static IReadOnlyList<string> Find(ClaimPath? path, JsonElement claims) => path?.Find(claims) ?? [];

    private static ClaimPath? Path(string? text) => text is null ? null : new ClaimPath(text);

    private static Refusal Unreadable(string why) =>
        Refusal.Because(
            RefusalKind.Unauthenticated,
            new Issue("login", $"The token {why}.", null, SpineCodes.AccessDenied)
        );
}
