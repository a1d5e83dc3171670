using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.LookUps;

/// <summary>
/// The journey of the LOOK-UP over HTTP. Whatever is wrong with a request is handed to the <see cref="LookUpService"/>
/// as part of it, so that refusals are recorded like hits and misses before they are answered.
/// </summary>
internal static partial class LookUpEndpoints
{
    public static void MapLookUps(this IEndpointRouteBuilder fhir)
    {
        fhir.MapGet("/Patient/$child-protection", (Delegate)ChildProtectionAsync);
        fhir.MapPost("/Patient/$child-protection", (Delegate)ChildProtectionAsync);
    }

    private static Task<IResult> ChildProtectionAsync(HttpContext context) =>
        AnswerAsync(context, LookUpInteraction.ChildProtection);

    /// <summary>Answers one look-up.</summary>
    public static async Task<IResult> AnswerAsync(HttpContext context, LookUpInteraction interaction)
    {
        var services = context.RequestServices;
        var caller = context.Caller();
        var identity = context.Identity();
        var refused = RequestChecks.Find(context) ?? services.GetRequiredService<RequestLimits>().Check(caller);
        List<KeyValuePair<string, string>>? parameters = null;
        if (refused is null)
            _ = (
                interaction == LookUpInteraction.ChildProtection
                    ? await SearchInput.ReadOperationAsync(context)
                    : await SearchInput.ReadAsync(context)
            ).IsRefused(out refused, out parameters);

        var result = await services
            .GetRequiredService<LookUpService>()
            .LookUpAsync(
                new LookUpRequest
                {
                    Interaction = interaction,
                    Parameters = parameters ?? SearchInput.FromUrl(context),
                    UnscheduledHeader =
                        Header(context, "IsUnscheduledAccessEvent") ?? Header(context, "IsUnscheduledEvent"),
                    Refused = refused,
                    RequestId = identity.RequestId,
                    CorrelationId = identity.CorrelationId,
                },
                caller,
                context.RequestAborted
            );
        if (result.Refusal is { Issues: [{ Rule: LookUpAdmission.ModeContradicted }, ..] })
            ModeContradicted(
                services.GetRequiredService<ILogger<LookUpService>>(),
                identity.RequestId,
                caller.ClientId,
                caller.Organisation
            );
        return result.IsRefused(out var refusal, out var answer)
            ? FhirResults.Refused(refusal)
            : FhirResults.Resource(
                LookUpAnswerWriter.ToBytes(
                    answer,
                    services.GetRequiredService<ExchangeUrls>().FhirBase,
                    services.GetRequiredService<IOrganisationDirectory>().Current
                )
            );
    }

    // Several lines of one header contradict each other; together they read as neither true nor false, which is refused.
    private static string? Header(HttpContext context, string name) =>
        context.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    // The alarm of design.md: a client that claims another mode than its person has is wrongly built, or worse.
    [LoggerMessage(
        40,
        LogLevel.Warning,
        "ALARM: request {RequestId} of client {ClientId} of {Organisation}: IsUnscheduledAccessEvent contradicts the person's activities; refused"
    )]
    private static partial void ModeContradicted(
        ILogger logger,
        string requestId,
        string clientId,
        OdsCode organisation
    );
}
