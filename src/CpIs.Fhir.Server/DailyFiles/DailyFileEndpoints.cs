using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Uploads;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>
/// <c>$upload</c>: an authority sends its daily file. Every file goes the same way: it is stored, its records are worked on slice by slice, and
/// what became of each is kept. A sender waits for the end, or asks at the file's address how far it is.
/// </summary>
internal static class DailyFileEndpoints
{
    /// <summary>Most records of a file whose sender waits.</summary>
    public const int MostAtOnce = 2_000;

    public const string Path = "/$upload";
    private const string Scope = "system/$upload";

    /// <summary>How long a sender waits; then it asks again.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    // The answer is what Accept asks for, also CSV and HTML, so the endpoint looks at it.
    public static readonly Admits Senders = Admits.Only(Guest.Authority(Scope)) with { IsFhir = false };

    public static void MapDailyFiles(this IEndpointRouteBuilder fhir)
    {
        fhir.MapPost(Path, PostAsync).Admit(Senders);
        var file = fhir.MapGroup("").TakesOnlyAnswerParameters("a daily file");
        file.MapGet(Path + "/{id:fhirid}", GetAsync).Admit(Senders);
        file.MapDelete(Path + "/{id:fhirid}", CancelAsync).Admit(Senders);
    }

    private static async Task<IResult> PostAsync(
        HttpContext context,
        DailyFileIntake intake,
        DailyFileTrial trial,
        DailyFileDesk desk,
        UploadOptions options,
        UploadPlaces places,
        ExchangeUrls urls
    )
    {
        context.Features.Set(new FailureAnswer(Unknown()));
        if (
            AnswerForms.Of(context.Request).IsRefused(out var refusal, out _)
            || DailyFileRequest.Read(context).IsRefused(out refusal, out var asked)
            || (await DailyFileBody.OpenAsync(context, options)).IsRefused(out refusal, out var body)
            || asked.ToSent(context, body.Sequence, body.Made, urls).IsRefused(out refusal, out var sent)
        )
            return FhirResults.Refused(Named(refusal));
        if (asked.IsDryRun)
            return await TryAsync(context, trial, places, sent, body);
        if (
            (await intake.ReceiveAsync(sent, body.Records, body.Hash, context.RequestAborted)).IsRefused(
                out refusal,
                out var file
            )
        )
            return FhirResults.Refused(Named(refusal));
        if (!asked.IsAsync)
            file = await desk.WaitAsync(file, LongestWait, LookAgain, context.RequestAborted);
        return asked.IsAsync || file.State != DailyFileState.Done
            ? UnderWay(context, file, urls)
            : await desk.AnswerAsync(context, file);
    }

    private static async Task<IResult> TryAsync(
        HttpContext context,
        DailyFileTrial trial,
        UploadPlaces places,
        DailyFileSent sent,
        DailyFileBody body
    )
    {
        if ((await places.TakeAsync(context.RequestAborted)).IsRefused(out var refusal, out var place))
            return FhirResults.Refused(refusal);
        using var _ = place;
        return (await trial.RunAsync(sent, body.Records, context.RequestAborted)).IsRefused(out refusal, out var answer)
            ? FhirResults.Refused(Named(refusal))
            : DailyFileDesk.Answer(context, answer.File, answer.Outcomes);
    }

    private static async Task<IResult> GetAsync(
        HttpContext context,
        string id,
        IDailyFileStore files,
        DailyFileDesk desk,
        ExchangeUrls urls
    )
    {
        if (AnswerForms.Of(context.Request).IsRefused(out var refusal, out _))
            return FhirResults.Refused(refusal);
        return await OwnAsync(context, id, files) switch
        {
            null => FhirResults.Refused(Refusal.Unknown("This file")),
            { State: DailyFileState.Cancelled } => FhirResults.Refused(
                Refusal.Gone("This file", "What was stored before stays; the rest was not looked at.")
            ),
            { State: DailyFileState.Done } file => await desk.AnswerAsync(context, file),
            { } file => UnderWay(context, file, urls),
        };
    }

    /// <summary>What is stored stays: a record that is taken back is sent as entered-in-error.</summary>
    private static async Task<IResult> CancelAsync(
        HttpContext context,
        string id,
        IDailyFileStore files,
        TimeProvider time
    )
    {
        while (await OwnAsync(context, id, files) is { } file)
        {
            if (file.State is DailyFileState.Done)
                return FhirResults.Refused(
                    Refusal.Because(
                        RefusalKind.Conflict,
                        new Issue(
                            "conflict",
                            "This file is done, so it cannot be cancelled.",
                            null,
                            SpineCodes.InvalidUpdate
                        )
                    )
                );
            if (
                file.State == DailyFileState.Cancelled
                || await files.ReplaceFileAsync(
                    file with
                    {
                        Revision = file.Revision + 1,
                        State = DailyFileState.Cancelled,
                        Ended = time.GetUtcNow(),
                        Lease = null,
                    },
                    context.RequestAborted
                )
            )
            {
                await files.RemoveSlicesAsync(file.Id, context.RequestAborted);
                return Results.StatusCode(StatusCodes.Status202Accepted);
            }
        }

        return FhirResults.Refused(Refusal.Unknown("This file"));
    }

    /// <summary>Not yours is unknown.</summary>
    public static async Task<DailyFile?> OwnAsync(HttpContext context, string id, IDailyFileStore files) =>
        await files.ReadFileAsync(id, context.RequestAborted) is { } file
        && file.Authority == context.Caller().Organisation.Value
            ? file
            : null;

    /// <summary>202: where to ask, and how far it is (FHIR R4 async).</summary>
    public static IResult UnderWay(HttpContext context, DailyFile file, ExchangeUrls urls)
    {
        var progress =
            file.State == DailyFileState.Receiving
                ? $"parts received: {string.Join(", ", file.Parts.Keys.Order())} of {file.PartCount}"
                : $"{file.Counts.Total} of {file.Records} records";
        return UnderWay(
            context,
            $"{urls.FhirBase}{Path}/{file.Id}",
            progress,
            file.State == DailyFileState.Receiving ? "60" : Seconds(file)
        );
    }

    /// <summary>202 with where to ask, how far it is, and when to ask.</summary>
    public static IResult UnderWay(HttpContext context, string address, string progress, string seconds)
    {
        var headers = context.Response.Headers;
        headers.ContentLocation = address;
        headers["X-Progress"] = progress;
        headers.RetryAfter = seconds;
        return FhirResults.Resource(
            OperationOutcomeWriter.ToBytes([
                new Issue("informational", $"Under way: {progress}.", Severity: "information"),
            ]),
            StatusCodes.Status202Accepted
        );
    }

    /// <summary>About when it is done.</summary>
    private static string Seconds(DailyFile file) =>
        Math.Clamp((file.Records - file.Counts.Total) / 2_000, 1, 60).ToString(CultureInfo.InvariantCulture);

    /// <summary>A file that is none (CPF01): nothing of it is kept.</summary>
    private static Refusal Named(Refusal refusal) =>
        refusal.Kind is not (RefusalKind.Malformed or RefusalKind.Rule or RefusalKind.TooLarge)
            ? refusal
            : refusal with
            {
                Issues =
                [
                    .. refusal.Issues.Select(issue =>
                        issue with
                        {
                            Diagnostics = $"{FileVerdict.CPF01}: {issue.Diagnostics}",
                        }
                    ),
                ],
            };

    private static Refusal Unknown() =>
        new(
            RefusalKind.CouldNotCheck,
            [
                new Issue(
                    "transient",
                    "Your file was not stored, or we do not know whether it was. Send it again with the same sequence: nothing is stored twice.",
                    null,
                    SpineCodes.UnableToCallService
                ),
            ],
            TimeSpan.FromSeconds(5)
        );
}
