using System.Security.Claims;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace CpIs.Fhir.Server.Tokens;

/// <summary>Gives a proven client its access token: the scopes of its kind, and the person it vouched for.</summary>
internal static class TokenEndpoint
{
    public static void MapTokenEndpoint(this IEndpointRouteBuilder routes) =>
        routes.MapPost(TokenServer.TokenPath, Issue).Admit(Requests);

    /// <summary>Nobody is known yet: an address is counted, and its body is small and comes at once.</summary>
    private static readonly Admits Requests = new()
    {
        Charge = Charge.Token,
        Body = new BodyLimit(16 * 1024, TimeSpan.FromSeconds(10)),
    };

    private static IResult Issue(HttpContext context, ExchangeUrls urls)
    {
        var proven =
            context.Features.Get<ProvenClient>()
            ?? throw new InvalidOperationException("OpenIddict let a request pass that proved nothing.");
        var asked = context.GetOpenIddictServerRequest()!.GetScopes();
        var held = SmartScopes.Of(proven.Client.Kind);
        var granted = asked.IsEmpty ? held : [.. asked.Where(scope => SmartScopes.IsWithin(scope, held))];
        if (granted.Count == 0)
            return Refuse(
                Errors.InvalidScope,
                $"This client can have none of the scopes that it asked for. It can have: {string.Join(' ', held)}"
            );

        var identity = new ClaimsIdentity("assertion", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, proven.Client.ClientId);
        identity.SetScopes(granted);
        identity.SetResources(urls.FhirBase);
        // For the holder to read; on the way back the registration counts, not these.
        identity.SetClaim("cpis_org", proven.Organisation.Code.Value);
        identity.SetClaim("cpis_kind", JsonNamingPolicy.CamelCase.ConvertName(proven.Client.Kind.ToString()));
        if (proven.User is { } user)
            identity.SetClaim(
                PersonRules.Claim,
                JsonSerializer.SerializeToElement(user, ClientFileJson.Default.ClientUser)
            );
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        return Results.SignIn(
            new ClaimsPrincipal(identity),
            authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme
        );
    }

    private static IResult Refuse(string error, string description) =>
        Results.Forbid(
            new AuthenticationProperties(
                new Dictionary<string, string?>
                {
                    [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
                    [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
                }
            ),
            [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]
        );
}
