using CpIs.Fhir.Server.Security;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CpIs.Fhir.Server.Admission;

/// <summary>Puts admission together.</summary>
internal static class AdmissionServices
{
    /// <summary>Needs what <c>AddExchangeSecurity</c> gives, and <see cref="ILookUpRefusals"/>.</summary>
    public static void AddAdmission(this IServiceCollection services) =>
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, JourneyOfCaller>());

    /// <summary>Stands after routing, before the token endpoint of OpenIddict and before every endpoint.</summary>
    public static void UseAdmission(this IApplicationBuilder app)
    {
        app.UseMiddleware<AdmissionMiddleware>();
        // OpenIddict looks at every request that passes it, so only those for tokens do. By this key WebApplication knows that
        // the middleware is in its place; else it would put it in front of all, for every request.
        app.Properties["__AuthenticationMiddlewareSet"] = true;
        app.UseWhen(context => TokenServer.Serves(context.Request), tokens => tokens.UseAuthentication());
    }
}
