using System.ComponentModel.DataAnnotations;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Security;

/// <summary>Who may call: registrations, keys, the token endpoint, bearer tokens and limits, put together.</summary>
internal static class ExchangeSecurity
{
    /// <summary>
    /// Needs the ports of the store, <c>ServerLeases</c>, <c>TimeProvider</c>, <c>IdGenerator</c> and
    /// <see cref="ExchangeUrls"/> among the services. Gives <c>IOrganisationDirectory</c>, <c>IKeyRing</c>,
    /// <see cref="RequestLimits"/> and <see cref="CursorProtector"/>.
    /// </summary>
    /// <exception cref="InvalidConfigurationException">An issuer is not configured well; the message has its path.</exception>
    public static void AddExchangeSecurity(this IServiceCollection services, SecurityOptions options)
    {
        Validate(options.Issuers);
        services.AddSingleton(options);
        services.AddSingleton(options.Limits);
        services.AddSingleton<DirectorySource>();
        services.AddSingleton<IOrganisationDirectory>(p => p.GetRequiredService<DirectorySource>());
        services.AddSingleton<KeyRing>();
        services.AddSingleton<IKeyRing>(p => p.GetRequiredService<KeyRing>());
        services.AddSingleton<CursorProtector>();
        services.AddSingleton<LimitKeys>();
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<Rejections>();
        services.AddSingleton<CallerIdentification>();
        services.AddSingleton<ValidatedTokens>();
        services.AddHostedService<RegistrationRefresher>();
        services.AddHostedService<LimitExchange>();
        services.AddTokenServer();
        services.AddBearerSchemes(options.Issuers);
    }

    private static void Validate(IReadOnlyList<IssuerOptions> issuers)
    {
        for (var i = 0; i < issuers.Count; i++)
        {
            var issuer = issuers[i];
            var path = $"Security:Issuers:{i}";
            var problems = new List<ValidationResult>();
            if (!Validator.TryValidateObject(issuer, new ValidationContext(issuer), problems, true))
                throw new InvalidConfigurationException($"{path}: {problems[0].ErrorMessage}");
            if (issuer.Authority.Length > 0 == issuer.JwksUri.Length > 0)
                throw new InvalidConfigurationException($"{path}: give either Authority or JwksUri.");
            if (issuer.Algorithms.Any(name => name.Length == 0 || name[0] is not ('R' or 'P' or 'E')))
                throw new InvalidConfigurationException(
                    $"{path}:Algorithms: only asymmetric algorithms are allowed, such as RS256."
                );
            if (issuers.Take(i).Any(other => other.Issuer == issuer.Issuer))
                throw new InvalidConfigurationException($"{path}:Issuer is configured twice.");
            try
            {
                _ = new TokenFactsReader(issuer.Claims);
            }
            catch (FormatException unreadable)
            {
                throw new InvalidConfigurationException($"{path}:Claims: {unreadable.Message}");
            }
        }
    }
}
