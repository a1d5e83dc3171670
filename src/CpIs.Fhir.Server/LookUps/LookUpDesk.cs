using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.LookUps;

/// <summary>
/// Answers look-ups. Whatever is wrong with one is handed to the <see cref="LookUpService"/> as part of it, so that refusals
/// are recorded like hits and misses before they are answered; also what admission refuses.
/// </summary>
internal sealed partial class LookUpDesk(
    LookUpService service,
    IOrganisationDirectory directory,
    ExchangeUrls urls,
    ILogger<LookUpDesk> logger
) : ILookUpRefusals
{
    /// <summary>Answers a look-up by a caller who was admitted.</summary>
    public async Task<IResult> AnswerAsync(HttpContext context, LookUpInteraction interaction)
    {
        var caller = context.Caller();
        _ = (await ReadAsync(context, interaction)).IsRefused(out var refused, out var parameters);
        var asked = Ask(context, interaction, parameters) with { Refused = refused };
        var result = await service.LookUpAsync(asked, caller, context.RequestAborted);
        if (result.Refusal is { Issues: [{ Rule: LookUpAdmission.ModeContradicted }, ..] })
            ModeContradicted(logger, asked.RequestId, caller.ClientId, caller.Organisation);
        return result.IsRefused(out var refusal, out var answer) ? FhirResults.Refused(refusal)
            : interaction == LookUpInteraction.MissedAppointment
                ? FhirResults.Resource(
                    MissedAppointment.Answer(answer.Occurrence.Mode!.Value),
                    StatusCodes.Status202Accepted
                )
            : FhirResults.Resource(LookUpAnswerWriter.ToBytes(answer, urls.FhirBase, directory.Current));
    }

    /// <inheritdoc />
    public LookUpInteraction? At(HttpRequest request) => LookUpAddresses.At(request.Path);

    /// <inheritdoc />
    public IReadOnlyList<string> MethodsAt(HttpRequest request) =>
        LookUpAddresses.MethodsOf(request.Path.Value!.TrimEnd('/'));

    /// <inheritdoc />
    public async Task<Refusal> RecordAsync(
        HttpContext context,
        LookUpInteraction interaction,
        Caller caller,
        Refusal refusal
    )
    {
        // The child is read from the body too, so that who may see its accesses finds this one. Not for a flood.
        List<KeyValuePair<string, string>>? parameters = null;
        if (refusal.Kind != RefusalKind.TooMany)
            _ = (await ReadAsync(context, interaction)).IsRefused(out _, out parameters);
        var asked = Ask(context, interaction, parameters) with { Refused = refusal };
        return (await service.LookUpAsync(asked, caller, context.RequestAborted)).Refusal ?? refusal;
    }

    private static Task<Result<List<KeyValuePair<string, string>>>> ReadAsync(
        HttpContext context,
        LookUpInteraction interaction
    ) =>
        interaction is LookUpInteraction.ChildProtection or LookUpInteraction.MissedAppointment
            ? SearchInput.ReadOperationAsync(context)
            : SearchInput.ReadAsync(context);

    private static LookUpRequest Ask(
        HttpContext context,
        LookUpInteraction interaction,
        List<KeyValuePair<string, string>>? parameters
    ) =>
        new()
        {
            Interaction = interaction,
            Parameters = parameters ?? SearchInput.FromUrl(context),
            UnscheduledHeader = Header(context, "IsUnscheduledAccessEvent") ?? Header(context, "IsUnscheduledEvent"),
            RequestId = context.Identity().RequestId,
            CorrelationId = context.Identity().CorrelationId,
        };

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
