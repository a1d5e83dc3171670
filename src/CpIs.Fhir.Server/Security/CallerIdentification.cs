using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace CpIs.Fhir.Server.Security;

/// <summary>Who is behind a request: its token verified by whoever issued it, its client looked up in the directory.</summary>
internal sealed class CallerIdentification(
    IOrganisationDirectory directory,
    SecurityOptions options,
    ValidatedTokens known,
    Rejections rejections
)
{
    private readonly Dictionary<string, IssuerOptions> _issuers = options.Issuers.ToDictionary(
        issuer => issuer.Issuer,
        StringComparer.Ordinal
    );

    /// <summary>The caller, or 401; found once for each request.</summary>
    public async Task<Result<Caller>> OfAsync(HttpContext context)
    {
        if (context.Features.Get<Identified>() is { } before)
            return before.Result;
        var result = await IdentifyAsync(context);
        context.Features.Set(new Identified(result));
        return result;
    }

    private async Task<Result<Caller>> IdentifyAsync(HttpContext context)
    {
        if (BearerToken.Of(context.Request) is not { } token)
            return Reject(context, "none", null, "Send an access token: Authorization: Bearer ...");
        var valid = known.Find(token);
        if (valid is null)
        {
            var ticket = await context.AuthenticateAsync(SchemeOf(token));
            valid = context.Features.Get<ValidToken>();
            if (!ticket.Succeeded || valid is null)
            {
                var (reason, text) = Explain(ticket.Failure);
                return Reject(context, reason, "invalid_token", text);
            }

            known.Add(token, valid);
        }

        if (CallerRules.Decide(valid.Facts, directory.Current).IsRefused(out var unknown, out var caller))
            return Reject(context, "unregistered", "invalid_token", unknown.Issues[0].Diagnostics);
        return
            valid.Issuer is not { } issuer
            || (issuer.Kinds.Count == 0 ? caller.Kind == CallerKind.Setting : issuer.Kinds.Contains(caller.Kind))
            ? caller
            : Reject(context, "kind", "invalid_token", "This kind of client cannot use tokens of this issuer.");
    }

    private string SchemeOf(string token) =>
        _issuers.Count > 0 && BearerToken.IssuerOf(token) is { } named && _issuers.TryGetValue(named, out var issuer)
            ? BearerSchemes.Of(issuer)
            : BearerSchemes.Own;

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
            SecurityTokenExpiredException => ("expired", "The access token has expired. Get a new one."),
            SecurityTokenNotYetValidException => ("early", "The access token is not valid yet."),
            SecurityTokenNoExpirationException => ("no-expiry", "The access token has no exp."),
            SecurityTokenInvalidAudienceException => ("audience", "The access token is for another audience."),
            SecurityTokenInvalidIssuerException => ("issuer", "The issuer of the access token is unknown."),
            SecurityTokenInvalidTypeException => ("type", "The token is not an access token."),
            SecurityTokenInvalidAlgorithmException => (
                "algorithm",
                "The token is signed with an algorithm that is not allowed."
            ),
            SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException => (
                "signature",
                "The signature of the access token cannot be verified."
            ),
            SecurityTokenException { InnerException: null } unreadable
                when unreadable.GetType() == typeof(SecurityTokenException) => ("person", unreadable.Message),
            _ => ("malformed", "The access token cannot be read."),
        };

    private sealed record Identified(Result<Caller> Result);
}
