using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Http;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// Sets up the standard JwtBearer middleware: one scheme for the exchange's own tokens, whose keys come from the key ring
/// (no HTTP to ourselves), and one for each configured issuer.
/// </summary>
internal static class BearerSchemes
{
    /// <summary>Scheme of the exchange's own tokens.</summary>
    public const string Own = "Exchange";

    /// <summary>How far clocks may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private static readonly string[] AsymmetricAlgorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
    ];

    /// <summary>Scheme of a configured issuer.</summary>
    public static string Of(IssuerOptions issuer) => $"Issuer {issuer.Issuer}";

    public static void AddBearerSchemes(this IServiceCollection services, IReadOnlyList<IssuerOptions> issuers)
    {
        var authentication = services.AddAuthentication();
        authentication.AddJwtBearer(Own, _ => { });
        services
            .AddOptions<JwtBearerOptions>(Own)
            .Configure<TokenKeys, ExchangeUrls, TimeProvider>(
                (options, keys, urls, time) =>
                {
                    var parameters = Common(options, ClaimMapping.Own, null, time);
                    parameters.ValidIssuer = urls.Issuer;
                    parameters.ValidAudience = urls.FhirBase;
                    parameters.ValidTypes = [OpenIddictConstants.JsonWebTokenTypes.AccessToken];
                    parameters.ValidAlgorithms = [TokenKeys.Algorithm];
                    parameters.IssuerSigningKeyResolver = (_, _, kid, _) =>
                        keys.Verifying.Where(key => key.KeyId == kid);
                }
            );
        foreach (var issuer in issuers)
        {
            authentication.AddJwtBearer(Of(issuer), _ => { });
            services
                .AddOptions<JwtBearerOptions>(Of(issuer))
                .Configure<ExchangeUrls, TimeProvider>((options, urls, time) => Configure(options, issuer, urls, time));
        }
    }

    private static void Configure(JwtBearerOptions options, IssuerOptions issuer, ExchangeUrls urls, TimeProvider time)
    {
        var parameters = Common(options, issuer.Claims, issuer, time);
        parameters.ValidIssuer = issuer.Issuer;
        parameters.ValidAudience = issuer.Audience.Length > 0 ? issuer.Audience : urls.FhirBase;
        parameters.ValidAlgorithms = issuer.Algorithms.Count > 0 ? issuer.Algorithms : AsymmetricAlgorithms;
        // Discovery and keys of an issuer on loopback may come by plain http; all others by https.
        var address = issuer.JwksUri.Length > 0 ? issuer.JwksUri : issuer.Authority;
        options.RequireHttpsMetadata = !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsLoopback);
        if (issuer.JwksUri.Length > 0)
            options.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
                issuer.JwksUri,
                new KeySetOnly(issuer.Issuer),
                new HttpDocumentRetriever { RequireHttps = options.RequireHttpsMetadata }
            );
        else
            options.Authority = issuer.Authority;
    }

    private static TokenValidationParameters Common(
        JwtBearerOptions options,
        ClaimMapping mapping,
        IssuerOptions? issuer,
        TimeProvider time
    )
    {
        options.MapInboundClaims = false;
        var reader = new TokenFactsReader(mapping);
        options.Events = new JwtBearerEvents { OnTokenValidated = context => Read(context, reader, issuer, time) };
        var parameters = options.TokenValidationParameters;
        parameters.ClockSkew = ClockSkew;
        parameters.RequireExpirationTime = true;
        parameters.RequireSignedTokens = true;
        parameters.ValidateAudience = true;
        parameters.ValidateIssuer = true;
        parameters.LifetimeValidator = (from, until, _, given) =>
            IsLive(from, until, time.GetUtcNow().UtcDateTime, given);
        return parameters;
    }

    private static bool IsLive(DateTime? from, DateTime? until, DateTime now, TokenValidationParameters parameters) =>
        until is null ? throw new SecurityTokenNoExpirationException("The token has no exp.")
        : until + parameters.ClockSkew <= now ? throw new SecurityTokenExpiredException("The token has expired.")
        : from - parameters.ClockSkew > now ? throw new SecurityTokenNotYetValidException("The token is not valid yet.")
        : true;

    private static Task Read(
        TokenValidatedContext context,
        TokenFactsReader reader,
        IssuerOptions? issuer,
        TimeProvider time
    )
    {
        var token = (JsonWebToken)context.SecurityToken;
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        if (reader.Read(payload.RootElement).IsRefused(out var refusal, out var facts))
        {
            context.Fail(new SecurityTokenException(refusal.Issues[0].Diagnostics));
            return Task.CompletedTask;
        }

        var expires = new DateTimeOffset(token.ValidTo, TimeSpan.Zero);
        var longest = time.GetUtcNow() + TokenServer.TokenLife;
        context.HttpContext.Features.Set(new ValidToken(facts, expires < longest ? expires : longest, issuer));
        return Task.CompletedTask;
    }

    /// <summary>Reads a bare JWK Set as the configuration of an issuer.</summary>
    private sealed class KeySetOnly(string issuer) : IConfigurationRetriever<OpenIdConnectConfiguration>
    {
        public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(
            string address,
            IDocumentRetriever retriever,
            CancellationToken cancel
        )
        {
            var keys = new JsonWebKeySet(await retriever.GetDocumentAsync(address, cancel));
            var configuration = new OpenIdConnectConfiguration { Issuer = issuer, JsonWebKeySet = keys };
            foreach (var key in keys.GetSigningKeys())
                configuration.SigningKeys.Add(key);
            return configuration;
        }
    }
}
