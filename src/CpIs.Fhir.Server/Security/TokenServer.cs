using System.Security.Cryptography;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// The embedded token endpoint: OpenIddict without its own stores ("degraded mode"). It parses requests, verifies client
/// assertions and signs tokens; our handlers add what it cannot know: the registered keys and the rules of
/// <see cref="AssertionRules"/>. Why so: docs/adr/0005.
/// </summary>
internal static class TokenServer
{
    public const string TokenPath = "/oauth2/token";
    public const string KeySetPath = WellKnown + "/jwks.json";

    private const string WellKnown = "/.well-known";

    /// <summary>How long an access token lives.</summary>
    public static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(5);

    /// <summary>Whether a request is for what OpenIddict answers itself or takes part in.</summary>
    public static bool Serves(HttpRequest request) =>
        request.Path.StartsWithSegments(TokenPath)
            ? HttpMethods.IsPost(request.Method)
            : request.Path.StartsWithSegments(WellKnown);

    public static void AddTokenServer(this IServiceCollection services)
    {
        services
            .AddOpenIddict()
            .AddServer(server =>
            {
                server
                    .EnableDegradedMode()
                    .AllowClientCredentialsFlow()
                    .DisableScopeValidation()
                    .DisableAccessTokenEncryption()
                    .SetAccessTokenLifetime(TokenLife)
                    .SetTokenEndpointUris(TokenPath)
                    .SetJsonWebKeySetEndpointUris(KeySetPath)
                    .AddEventHandler(AssertionKeys.Descriptor)
                    .AddEventHandler(AssertionRules.Descriptor)
                    .AddEventHandler(TooManyTokens.Descriptor);
                // Where TLS is spoken is for the options of Kestrel or the proxy in front to say.
                server.UseAspNetCore().EnableTokenEndpointPassthrough().DisableTransportSecurityRequirement();
                // After UseAspNetCore, which would add secrets to the methods.
                server.Configure(options =>
                {
                    options.ClientAuthenticationMethods.Clear();
                    options.ClientAuthenticationMethods.Add(ClientAuthenticationMethods.PrivateKeyJwt);
                    options.ClientAssertionTypes.Clear();
                    options.ClientAssertionTypes.Add(ClientAssertionTypes.JwtBearer);
                    options.Scopes.Clear();
                    options.Scopes.UnionWith(Enum.GetValues<CallerKind>().SelectMany(SmartScopes.Of));
                });
            });
        services.AddSingleton<TokenKeys>();
        services.AddSingleton<TokenServerKeys>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(p => p.GetRequiredService<TokenServerKeys>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(p =>
            p.GetRequiredService<TokenServerKeys>()
        );
    }
}

/// <summary>Gives OpenIddict the URLs and keys of the exchange, and makes it take them again when the keys change.</summary>
internal sealed class TokenServerKeys
    : IConfigureOptions<OpenIddictServerOptions>,
        IOptionsChangeTokenSource<OpenIddictServerOptions>
{
    private readonly TokenKeys _keys;
    private readonly ExchangeUrls _urls;
    private readonly TimeProvider _time;
    private ConfigurationReloadToken _changed = new();

    public TokenServerKeys(TokenKeys keys, ExchangeUrls urls, TimeProvider time)
    {
        (_keys, _urls, _time) = (keys, urls, time);
        keys.Changed += () => Interlocked.Exchange(ref _changed, new ConfigurationReloadToken()).OnReload();
    }

    /// <inheritdoc />
    public string Name => Options.DefaultName;

    /// <inheritdoc />
    public IChangeToken GetChangeToken() => Volatile.Read(ref _changed);

    /// <inheritdoc />
    public void Configure(OpenIddictServerOptions options)
    {
        options.Issuer = new Uri(_urls.Issuer);
        options.TimeProvider = _time;
        options.SigningCredentials.AddRange(
            _keys.Signing.Select(key => new SigningCredentials(key, TokenKeys.Algorithm))
        );
        // OpenIddict wants an encryption key even where, as here, nothing is ever encrypted with it.
        options.EncryptionCredentials.Add(
            new EncryptingCredentials(
                new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)),
                SecurityAlgorithms.Aes256KW,
                SecurityAlgorithms.Aes256CbcHmacSha512
            )
        );
    }
}
