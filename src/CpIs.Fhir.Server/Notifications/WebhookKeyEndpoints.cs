using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Admission;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>The public keys that verify notifications; for anyone.</summary>
internal static class WebhookKeyEndpoints
{
    /// <summary>Where the key set is.</summary>
    public const string Path = "/.well-known/webhook-keys.json";

    /// <summary>Maps the key set. Receivers may keep it for five minutes, and ask again when a signature is unknown.</summary>
    public static IEndpointRouteBuilder MapWebhookKeys(this IEndpointRouteBuilder app)
    {
        app.MapRead(
                Path,
                (HttpContext context, WebhookKeys keys) =>
                {
                    context.Response.Headers.CacheControl = "public, max-age=300";
                    return Results.Bytes(keys.KeySet(), "application/jwk-set+json");
                }
            )
            .Admit(Admits.Anyone);
        return app;
    }
}
