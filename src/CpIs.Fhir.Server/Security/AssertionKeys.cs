using CpIs.Fhir.Core.Callers;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// Tells OpenIddict how to verify a client assertion: with the keys registered for its issuer, by an algorithm of
/// <see cref="Algorithms"/> that is the key's own, and in the form <c>JWT</c> or <c>client-authentication+jwt</c>, so that
/// no other kind of token (an access token, say) passes for one.
/// </summary>
internal sealed class AssertionKeys(IOrganisationDirectory directory) : IOpenIddictServerHandler<ValidateTokenContext>
{
    /// <summary>NHS England asks for RS512, SMART Backend Services for RS384 and ES384.</summary>
    public static readonly IReadOnlyList<string> Algorithms =
    [
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.EcdsaSha384,
    ];

    /// <summary>How far clocks may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor
            .CreateBuilder<ValidateTokenContext>()
            .UseSingletonHandler<AssertionKeys>()
            .SetOrder(OpenIddictServerHandlers.Protection.ResolveTokenValidationParameters.Descriptor.Order + 500)
            .SetType(OpenIddictServerHandlerType.Custom)
            .Build();

    /// <inheritdoc />
    public ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (!context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.ClientAssertion))
            return default;
        // Checked by AssertionRules, whose refusal is the one that OAuth names for it and says which audience is right.
        context.DisableAudienceValidation = true;
        var parameters = context.TokenValidationParameters;
        parameters.ClockSkew = ClockSkew;
        parameters.ValidAlgorithms = Algorithms;
        parameters.AlgorithmValidator = (algorithm, key, _, _) =>
            Algorithms.Contains(algorithm) && IsOf(key, algorithm);
        parameters.TypeValidator = (type, _, _) =>
            type is null or "" or "JWT" or JsonWebTokenTypes.ClientAuthentication
                ? JsonWebTokenTypes.ClientAuthentication
                : throw new SecurityTokenInvalidTypeException("This is not a client assertion.") { InvalidType = type };
        parameters.TryAllIssuerSigningKeys = true;
        parameters.IssuerSigningKeyResolver = (_, token, kid, _) => Keys(token.Issuer, kid);
        return default;
    }

    private static bool IsOf(SecurityKey key, string algorithm) =>
        key is JsonWebKey jwk && (string.IsNullOrEmpty(jwk.Alg) || jwk.Alg == algorithm);

    // A suspended client's keys too: only who proves to be the client is notified of its suspension.
    private IEnumerable<SecurityKey> Keys(string? clientId, string? kid)
    {
        if (clientId is null || directory.Current.FindClient(clientId) is not { } client)
            return [];
        var keys = new JsonWebKeySet(client.JsonWebKeySet).Keys;
        return string.IsNullOrEmpty(kid) ? keys : keys.Where(key => key.KeyId == kid);
    }
}
