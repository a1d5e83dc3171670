using System.Globalization;
using System.Security.Claims;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Http;
using Microsoft.AspNetCore;
using Microsoft.IdentityModel.JsonWebTokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// What an assertion must say beyond what OpenIddict checks (signature, issuer = subject = client, one audience, expiry):
/// it is for this token endpoint, lives five minutes at most, its <c>jti</c> is used once among all servers, its client and organisation are
/// registered and not suspended, and the person it names can be shown. Hands on the <see cref="ProvenClient"/>.
/// </summary>
internal sealed class AssertionRules(
    IOrganisationDirectory directory,
    IRegistrationStore store,
    RequestLimits limits,
    ExchangeUrls urls,
    TimeProvider time
) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    private const int LongestId = 128;

    private static readonly string[] Once =
    [
        Claims.IssuedAt,
        Claims.NotBefore,
        Claims.ExpiresAt,
        Claims.JwtId,
        PersonRules.Claim,
    ];

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor
            .CreateBuilder<ProcessAuthenticationContext>()
            .UseSingletonHandler<AssertionRules>()
            .SetOrder(OpenIddictServerHandlers.ValidateClientId.Descriptor.Order + 500)
            .SetType(OpenIddictServerHandlerType.Custom)
            .Build();

    /// <inheritdoc />
    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (context.EndpointType != OpenIddictServerEndpointType.Token)
            return;
        if (
            context.ClientAssertionPrincipal is not { } assertion
            || assertion.GetClaim(Claims.Issuer) is not { } clientId
        )
        {
            context.Reject(Errors.InvalidClient, "Send a signed client assertion (private_key_jwt).");
            return;
        }

        if (ProblemOfForm(context.ClientAssertion!, assertion) is { } malformed)
        {
            context.Reject(Errors.InvalidClient, malformed);
            return;
        }

        if (assertion.GetAudiences() is not [var audience] || !IsUs(audience))
        {
            context.Reject(
                Errors.InvalidClient,
                $"The assertion is for another audience; its aud must be {urls.Token}"
            );
            return;
        }

        var current = directory.Current;
        if (
            current.FindClient(clientId) is not { Suspended: false } client
            || current.Find(client.Organisation) is not { Suspended: false } organisation
        )
        {
            context.Reject(Errors.InvalidClient, "The client or its organisation is suspended.");
            return;
        }

        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        if (limits.CheckToken(clientId) is { } tooMany)
        {
            http.Features.Set(new TooManyTokens.Mark(tooMany));
            context.Reject(Errors.TemporarilyUnavailable, tooMany.Issues[0].Diagnostics);
            return;
        }

        if (
            ProblemOfTimes(
                assertion.GetClaim(Claims.IssuedAt),
                assertion.GetClaim(Claims.NotBefore),
                assertion.GetExpirationDate()
            ) is
            { } late
        )
        {
            context.Reject(Errors.InvalidClient, late);
            return;
        }

        ClientUser? user = null;
        if (assertion.GetClaim(PersonRules.Claim) is { } json)
        {
            (user, var problem) = PersonRules.Read(json);
            if (user is null)
            {
                context.Reject(Errors.InvalidRequest, $"The claim cpis_user cannot be used: {problem}.");
                return;
            }
        }

        if (assertion.GetClaim(Claims.JwtId) is not { Length: > 0 and <= LongestId } jti)
        {
            context.Reject(Errors.InvalidClient, $"The assertion must have a jti of 1 to {LongestId} characters.");
            return;
        }

        // Last, so that only an otherwise good assertion is used up. Ids of different clients do not meet.
        var expires = assertion.GetExpirationDate()!.Value + AssertionKeys.ClockSkew;
        if (!await store.TryUseOnceAsync("jti", $"{clientId} {jti}", expires, http.RequestAborted))
        {
            context.Reject(
                Errors.InvalidClient,
                "This assertion was used before. Sign a new one: each jti is valid for one token."
            );
            return;
        }

        http.Features.Set(new ProvenClient(client, organisation, user));
    }

    private static string? ProblemOfForm(string sent, ClaimsPrincipal assertion)
    {
        // RFC 7515 4.1.11: header fields that must be understood, and are not, make a token invalid.
        if (new JsonWebToken(sent).TryGetHeaderValue<object>("crit", out _))
            return "The header of the assertion has crit. No field that it could name is understood here: leave crit out.";
        return Array.Find(Once, claim => assertion.FindAll(claim).Skip(1).Any()) is { } repeated
            ? $"The claim {repeated} of the assertion must have one value."
            : null;
    }

    // RFC 7523 and SMART name the token endpoint, newer drafts the issuer. Both name us alone.
    private bool IsUs(string audience) => audience == urls.Token || audience == urls.Root || audience == urls.Issuer;

    private string? ProblemOfTimes(string? issuedAt, string? notBefore, DateTimeOffset? expires)
    {
        var now = time.GetUtcNow();
        if (expires is null)
            return "The assertion must have an exp.";
        if (Time(notBefore) > now + AssertionKeys.ClockSkew || Time(issuedAt) > now + AssertionKeys.ClockSkew)
            return "The assertion is not valid yet. Check the clock of the client.";
        // Where iat tells the client's clock, the skew is allowed for; else exp counts from our own time.
        var from = Time(issuedAt) ?? now;
        return
            expires - from > ClientAssertion.MaximumLife
            || expires - now > ClientAssertion.MaximumLife + AssertionKeys.ClockSkew
            ? "The assertion is valid for too long; at most five minutes are allowed."
            : null;
    }

    private static DateTimeOffset? Time(string? seconds) =>
        double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && value is > 0 and < 253_402_300_799
            ? DateTimeOffset.UnixEpoch.AddSeconds(value)
            : null;
}

/// <summary>A client that has proved itself at the token endpoint.</summary>
/// <param name="Client">Its registration.</param>
/// <param name="Organisation">Its organisation.</param>
/// <param name="User">The person it vouches for, or null.</param>
internal sealed record ProvenClient(ClientRegistration Client, Organisation Organisation, ClientUser? User);
