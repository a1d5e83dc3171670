using System.Diagnostics.CodeAnalysis;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// The last word on what went wrong: a store that could not answer is 503 (promise 9), a bug is 500,
/// each as OperationOutcome. The log names the request and nothing of the child (promise 12).
/// </summary>
internal sealed partial class FailureMiddleware(RequestDelegate next, ILogger<FailureMiddleware> logger)
{
    [SuppressMessage(
        "Design",
        "CA1031",
        Justification = "The boundary of the process: every failure ends as an answer."
    )]
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (StoreUnavailableException unavailable)
        {
            CouldNotCheck(logger, Id(context), unavailable.Message);
            await AnswerAsync(context, AnswerOf(context)?.Refusal ?? Refusal.Unavailable());
        }
        catch (Exception gone)
            when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
        catch (BadHttpRequestException bad)
        {
            await AnswerAsync(context, RequestBody.RefusalOf(bad));
        }
        catch (Exception bug)
        {
            Failed(logger, Id(context), bug.GetType().Name, bug.StackTrace);
            if (!context.Response.HasStarted)
                await FhirResponse.WriteAsync(
                    context,
                    StatusCodes.Status500InternalServerError,
                    OperationOutcomeWriter.ToBytes([
                        new Issue(
                            "exception",
                            AnswerOf(context)?.Refusal.Issues[0].Diagnostics
                                ?? "The server failed, so the outcome is unknown.",
                            null,
                            SpineCodes.FailureToProcessMessage
                        ),
                    ])
                );
        }
    }

    private static Task AnswerAsync(HttpContext context, Refusal refusal) =>
        context.Response.HasStarted ? Task.CompletedTask : FhirResponse.WriteAsync(context, refusal);

    private static FailureAnswer? AnswerOf(HttpContext context) => context.Features.Get<FailureAnswer>();

    private static string? Id(HttpContext context) => context.Features.Get<RequestIdentity>()?.RequestId;

    [LoggerMessage(1, LogLevel.Error, "Request {RequestId} could not be checked: {Reason}")]
    private static partial void CouldNotCheck(ILogger logger, string? requestId, string reason);

    // The message of an unknown exception may repeat input, so it stays out of the log; its type and place do not.
    [LoggerMessage(2, LogLevel.Error, "Request {RequestId} failed with {Exception} {Stack}")]
    private static partial void Failed(ILogger logger, string? requestId, string exception, string? stack);
}
