using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.Tokens;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// Lets a request pass only with a <see cref="Caller"/>, unless its endpoint says that anybody may come. What is under
/// the FHIR base or <c>/admin</c> and is no endpoint is 401 for strangers too, so that nobody explores without a name.
/// </summary>
internal sealed class CallerMiddleware(
    RequestDelegate next,
    IOrganisationDirectory directory,
    SecurityOptions options,
    Rejections rejections
)
{
    private readonly Dictionary<string, IssuerOptions> _issuers = options.Issuers.ToDictionary(
        issuer => issuer.Issuer,
        StringComparer.Ordinal
    );

    public async Task InvokeAsync(HttpContext context)
    {
        if (!NeedsCaller(context))
        {
            await next(context);
            return;
        }

        if ((await IdentifyAsync(context)).IsRefused(out var refusal, out var caller))
        {
            await FhirResponse.WriteAsync(context, refusal);
            return;
        }

        context.Features.Set(caller);
        await next(context);
    }

    private static bool NeedsCaller(HttpContext context) =>
        context.GetEndpoint() is { } endpoint
            ? endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
            : context.Request.Path.StartsWithSegments(ExchangeUrls.FhirPath, StringComparison.Ordinal)
                || context.Request.Path.StartsWithSegments("/admin", StringComparison.Ordinal);

    private async Task<Result<Caller>> IdentifyAsync(HttpContext context)
    {
        if (BearerToken.Of(context.Request) is not { } token)
            return Reject(context, "none", null, "An access token is needed: Authorization: Bearer ...");
        IssuerOptions? issuer = null;
        if (_issuers.Count > 0 && BearerToken.IssuerOf(token) is { } named)
            _issuers.TryGetValue(named, out issuer);

        var ticket = await context.AuthenticateAsync(issuer is null ? BearerSchemes.Own : BearerSchemes.Of(issuer));
        if (!ticket.Succeeded || context.Features.Get<TokenFacts>() is not { } facts)
        {
            var (reason, text) = Explain(ticket.Failure);
            return Reject(context, reason, "invalid_token", text);
        }

        if (CallerRules.Decide(facts, directory.Current).IsRefused(out var unknown, out var caller))
            return Reject(context, "unregistered", "invalid_token", unknown.Issues[0].Diagnostics);
        return
            issuer is null
            || (issuer.Kinds.Count == 0 ? caller.Kind == CallerKind.Setting : issuer.Kinds.Contains(caller.Kind))
            ? caller
            : Reject(context, "kind", "invalid_token", "This issuer's tokens are not taken from this kind of client.");
    }

    // RFC 6750: no error code where no token was sent.
    private Refusal Reject(HttpContext context, string reason, string? error, string text)
    {
        rejections.Count(reason);
        context.Response.Headers.WWWAuthenticate = error is null
            ? "Bearer"
            : $"Bearer error=\"{error}\", error_description=\"{text.Replace('"', '\'')}\"";
        return Refusal.Because(
            RefusalKind.Unauthenticated,
            new Issue("login", text, "http.Authorization", SpineCodes.AccessDenied)
        );
    }

    private static (string Reason, string Text) Explain(Exception? failure) =>
        failure switch
        {
            SecurityTokenExpiredException => ("expired", "The access token has expired: ask for another one."),
            SecurityTokenNotYetValidException => ("early", "The access token is not valid yet."),
            SecurityTokenNoExpirationException => ("no-expiry", "The access token has no exp."),
            SecurityTokenInvalidAudienceException => ("audience", "The access token is for another audience."),
            SecurityTokenInvalidIssuerException => ("issuer", "The issuer of the access token is not known here."),
            SecurityTokenInvalidTypeException => ("type", "The token is not an access token."),
            SecurityTokenInvalidAlgorithmException => (
                "algorithm",
                "The token is signed by an algorithm not taken here."
            ),
            SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException => (
                "signature",
                "The signature of the access token cannot be verified."
            ),
            SecurityTokenException { InnerException: null } unreadable
                when unreadable.GetType() == typeof(SecurityTokenException) => ("person", unreadable.Message),
            _ => ("malformed", "The access token cannot be read."),
        };
}
