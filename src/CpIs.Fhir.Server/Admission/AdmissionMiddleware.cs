using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Admission;

/// <summary>
/// The one place where a request is let in: its token, the limits (person, then client), its request id, the kind of its
/// caller with scope and person; then its endpoint. Stands after routing. What is under the FHIR base or <c>/admin</c> and
/// is not an endpoint is 401 for strangers too, so that nobody explores without a name.
/// </summary>
internal sealed class AdmissionMiddleware(
    RequestDelegate next,
    CallerIdentification callers,
    RequestLimits limits,
    ILookUpRefusals lookUps,
    TimeProvider time
)
{
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Admits>() switch
        {
            { Guests.Count: 0 } open => AdmitAnyoneAsync(context, open),
            null when !IsOurs(context.Request.Path) => next(context),
            var admits => AdmitCallerAsync(context, admits),
        };

    private async Task AdmitAnyoneAsync(HttpContext context, Admits admits)
    {
        var refusal = limits.Check(admits.Charge, context.Connection.RemoteIpAddress);
        refusal ??= RequestTarget.Refuse(context);
        if (refusal is null && admits.IsFhir)
            refusal = context.Identity().Problem ?? MediaTypes.RefuseAnswer(context.Request);
        if (refusal is null && admits.Body is { } body)
            refusal = await ReadBodyAsync(context, body);
        if (refusal is null)
            await next(context);
        else
            await (admits.Refuse ?? FhirResponse.WriteAsync)(context, refusal);
    }

    private async Task AdmitCallerAsync(HttpContext context, Admits? admits)
    {
        if ((await callers.OfAsync(context)).IsRefused(out var refusal, out var caller))
        {
            await FhirResponse.WriteAsync(context, refusal);
            return;
        }

        context.Features.Set(caller);
        // An address of a look-up with a method that it does not have is a look-up all the same, but for OPTIONS: it asks for the
        // methods, and is answered nothing else.
        var other =
            admits is null || (admits.LookUp is null && !admits.Takes(caller.Kind)) ? LookUpAt(context, caller) : null;
        var lookUp = admits?.LookUp ?? other;
        if (lookUp is not null)
            context.Features.Set(new FailureAnswer(LookUpTexts.CouldNotCheck()));

        refusal =
            limits.Check(caller)
            ?? context.Identity().Problem
            ?? RequestTarget.Refuse(context)
            ?? (other is null ? admits?.Check(caller) : NoMethod(context))
            ?? (admits is { IsFhir: true } ? MediaTypes.RefuseAnswer(context.Request) : null);
        if (refusal is null)
        {
            await next(context);
            return;
        }

        if (lookUp is { } interaction)
            refusal = await lookUps.RecordAsync(context, interaction, caller, refusal);
        await FhirResponse.WriteAsync(context, refusal);
    }

    private async Task<Refusal?> ReadBodyAsync(HttpContext context, BodyLimit limit)
    {
        // Whoever reads the form later takes its encoding for one that there is.
        if (!MediaTypes.IsUtf8(context.Request))
            return RequestBody.Unsupported("what this address takes");
        var read = await RequestBody.ReadAsync(context, limit.Bytes, limit.Time, time);
        if (read.IsRefused(out var refusal, out var body))
            return refusal;
        context.Request.Body = new MemoryStream(body.ToArray(), writable: false);
        return RequestBody.IsForm(context) ? await ReadFormAsync(context) : null;
    }

    /// <summary>Reads the form for all that look at it later, which take it for one that can be read.</summary>
    private static async Task<Refusal?> ReadFormAsync(HttpContext context)
    {
        try
        {
            await context.Request.ReadFormAsync(context.RequestAborted);
            return null;
        }
        catch (InvalidDataException)
        {
            return Refusal.Malformed("The form cannot be read: it has too many fields, or one that is too long.");
        }
    }

    /// <summary>405: a look-up has no HEAD, and nothing is written at its address (design.md).</summary>
    private Refusal NoMethod(HttpContext context)
    {
        var methods = string.Join(", ", lookUps.MethodsAt(context.Request));
        context.Response.Headers.Allow = methods;
        return Refusal.Because(
            RefusalKind.NotAllowed,
            new Issue(
                "not-supported",
                $"A look-up has no {context.Request.Method} here. Send {methods.Replace(", ", " or ", StringComparison.Ordinal)}.",
                null,
                SpineCodes.UnsupportedService
            )
        );
    }

    private LookUpInteraction? LookUpAt(HttpContext context, Caller caller) =>
        caller.Kind == CallerKind.Setting && !HttpMethods.IsOptions(context.Request.Method)
            ? lookUps.At(context.Request)
            : null;

    private static bool IsOurs(PathString path) =>
        path.StartsWithSegments(ExchangeUrls.FhirPath, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/admin", StringComparison.OrdinalIgnoreCase);
}
