using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Administration;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>
/// <c>$reconciliation</c> of a full file: how it compares with what is held. And <c>$end-missing</c>: the second call that ends what the file
/// leaves out, which no file does by itself.
/// </summary>
internal static class ReconciliationEndpoints
{
    private const string EndMissing = "$end-missing";

    private static readonly ParameterTable Table = new(
        "parameter of $end-missing",
        [new("count", ParameterKind.Number) { IsOnce = true }]
    );

    public static void MapReconciliations(this IEndpointRouteBuilder fhir)
    {
        var file = fhir.MapGroup(DailyFileEndpoints.Path + "/{id:fhirid}");
        file.MapPost("/" + EndMissing, EndAsync).Admit(DailyFileEndpoints.Senders);
        var read = file.MapGroup("").TakesOnlyAnswerParameters("a reconciliation");
        read.MapGet("/" + EndMissing, AskAsync).Admit(DailyFileEndpoints.Senders);
        read.MapGet("/$reconciliation", ReadAsync).Admit(DailyFileEndpoints.Senders);
    }

    private static async Task<IResult> ReadAsync(
        HttpContext context,
        string id,
        IDailyFileStore files,
        ReconciliationDesk desk,
        ExchangeUrls urls
    )
    {
        if (AnswerForms.Of(context.Request).IsRefused(out var refusal, out var form))
            return FhirResults.Refused(refusal);
        return await DailyFileEndpoints.OwnAsync(context, id, files) switch
        {
            { State: DailyFileState.Done, Reconciliation.Ended: not null } file => await desk.AnswerAsync(
                context,
                file,
                form
            ),
            { State: DailyFileState.Waiting or DailyFileState.Receiving, Mode: DailyFileMode.Full } file =>
                DailyFileEndpoints.UnderWay(context, file, urls),
            { State: DailyFileState.Done } => FhirResults.Refused(
                Refusal.Unknown("A report on this file (send the file with mode=full)")
            ),
            _ => FhirResults.Refused(Refusal.Unknown("This file")),
        };
    }

    private static async Task<IResult> EndAsync(
        HttpContext context,
        string id,
        IDailyFileStore files,
        EndMissing endings,
        Approvals approvals,
        DailyFileDesk desk,
        ExchangeUrls urls
    )
    {
        context.Features.Set(new FailureAnswer(Unknown()));
        if (
            AnswerForms.Of(context.Request).IsRefused(out var refusal, out _)
            || CountOf(context).IsRefused(out refusal, out var count)
        )
            return FhirResults.Refused(refusal);
        if (await DailyFileEndpoints.OwnAsync(context, id, files) is not { } file)
            return FhirResults.Refused(Refusal.Unknown("This file"));
        if (endings.Refuse(file, count) is { } no)
            return FhirResults.Refused(no);
        var actor = Actor.Of(context.Caller(), context.Identity());
        if (file is { Ending: null, Reconciliation.NeedsSecondPerson: true })
            return (await approvals.AskEndAsync(context.Caller(), actor, file, context.RequestAborted)).IsRefused(
                out refusal,
                out var asked
            )
                ? FhirResults.Refused(refusal)
                : Waits(asked.Id, file.Reconciliation);
        var begun = await endings.BeginAsync(file.Id, count, Approvals.EndingOf(actor, null), context.RequestAborted);
        return begun.IsRefused(out refusal, out file)
            ? FhirResults.Refused(refusal)
            : await AnswerAsync(context, file, desk, urls, DailyFileEndpoints.LongestWait);
    }

    private static async Task<IResult> AskAsync(
        HttpContext context,
        string id,
        IDailyFileStore files,
        DailyFileDesk desk,
        ExchangeUrls urls
    )
    {
        if (AnswerForms.Of(context.Request).IsRefused(out var refusal, out _))
            return FhirResults.Refused(refusal);
        return await DailyFileEndpoints.OwnAsync(context, id, files) switch
        {
            null => FhirResults.Refused(Refusal.Unknown("This file")),
            { Ending: null } => FhirResults.Refused(Refusal.Unknown("An ending of what is missing in this file")),
            { } file => await AnswerAsync(context, file, desk, urls, TimeSpan.Zero),
        };
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        DailyFile file,
        DailyFileDesk desk,
        ExchangeUrls urls,
        TimeSpan wait
    )
    {
        file = await desk.WaitAsync(
            file,
            context.Request.PrefersAsync() ? TimeSpan.Zero : wait,
            DailyFileEndpoints.LookAgain,
            context.RequestAborted
        );
        return file.Ending is { Ended: not null }
            ? await desk.AnswerEndingAsync(context, file)
            : DailyFileEndpoints.UnderWay(
                context,
                $"{urls.FhirBase}{DailyFileEndpoints.Path}/{file.Id}/{EndMissing}",
                $"{file.Ending!.Counts.Total} of {file.Reconciliation!.Missing} plans",
                "1"
            );
    }

    private static Result<long> CountOf(HttpContext context)
    {
        if (SearchInput.FromUrl(context, Table).IsRefused(out var refusal, out var asked))
            return refusal;
        return long.TryParse(asked.Code("count"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : Refusal.Malformed(
                "Send count: the number of missing plans in the report.",
                "count",
                SpineCodes.InvalidSearchData
            );
    }

    /// <summary>202: nothing is ended before a second person approves.</summary>
    private static IResult Waits(string id, Reconciliation report) =>
        FhirResults.Resource(
            OperationOutcomeWriter.ToBytes([
                new Issue(
                    "informational",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{report.Missing} of {report.Held} open plans would end: more than 5 %. Nothing is ended until another person of your authority (activity lead or worker) approves: cpis approve {id}. The report can be used until {Core.Plans.LondonCalendar.Read(report.EndsUntil!.Value)}."
                    ),
                    Severity: "information"
                ),
            ]),
            StatusCodes.Status202Accepted
        );

    private static Refusal Unknown() =>
        new(
            RefusalKind.CouldNotCheck,
            [
                new Issue(
                    "transient",
                    "We do not know whether the ending has begun. Send the same call again: no plan is ended twice.",
                    null,
                    SpineCodes.UnableToCallService
                ),
            ],
            TimeSpan.FromSeconds(5)
        );
}
