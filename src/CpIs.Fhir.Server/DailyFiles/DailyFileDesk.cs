using CpIs.Fhir.Core;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>Waits for a file, and answers it in the form that its sender asked for, a page of results at a time.</summary>
internal sealed class DailyFileDesk(IDailyFileStore files, DailyFilePulse pulse, TimeProvider time)
{
    private const int ResultsAtOnce = 1_000;

    /// <summary>The file when it is done, or as far as it is after the wait.</summary>
    public async Task<DailyFile> WaitAsync(
        DailyFile file,
        TimeSpan longest,
        TimeSpan lookAgain,
        CancellationToken cancellation
    )
    {
        var end = time.GetUtcNow() + longest;
        while (true)
        {
            var beat = pulse.Next;
            file = await files.ReadFileAsync(file.Id, cancellation) ?? file;
            if (file is { Waits: false, State: not DailyFileState.Receiving } || time.GetUtcNow() >= end)
                return file;
            await Task.WhenAny(beat, Task.Delay(lookAgain, time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The answer to a file that is done.</summary>
    public Task<IResult> AnswerAsync(HttpContext context, DailyFile file) =>
        AnswerAsync(context, file, ResultsAsync(file.Id, file.Records, context.RequestAborted));

    /// <summary>What became of the plans that a file leaves out, once all are done: as a file that had named them would be answered.</summary>
    public Task<IResult> AnswerEndingAsync(HttpContext context, DailyFile file) =>
        AnswerAsync(
            context,
            file with
            {
                Counts = file.Ending!.Counts,
            },
            ResultsAsync(file.ReportId, file.Reconciliation!.Missing, context.RequestAborted)
        );

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        DailyFile file,
        IAsyncEnumerable<RecordOutcome> outcomes
    ) =>
        AnswerForms.Of(context.Request).Value == AnswerForm.Csv ? Csv(outcomes)
        : file.Counts.Total <= DailyFileEndpoints.MostAtOnce
            ? Answer(context, file, await WholeAsync(outcomes, context.RequestAborted), isDryRun: false)
        : context.AnswerFormat() == Core.Searching.AnswerFormat.Xml ? FhirResults.Refused(TooMuch())
        : new StreamedFile(file, outcomes);

    /// <summary>The answer to a dry run.</summary>
    public static IResult Answer(HttpContext context, DailyFile file, IReadOnlyList<RecordOutcome> outcomes) =>
        AnswerForms.Of(context.Request).Value == AnswerForm.Csv
            ? Csv(outcomes.ToAsyncEnumerable())
            : Answer(context, file, outcomes, isDryRun: true);

    private static IResult Answer(
        HttpContext context,
        DailyFile file,
        IReadOnlyList<RecordOutcome> outcomes,
        bool isDryRun
    )
    {
        switch (AnswerForms.Of(context.Request).Value)
        {
            case AnswerForm.Page:
                return DailyFilePage.Of(file, outcomes, isDryRun);
            case AnswerForm.Outcome:
                return FhirResults.Resource(DailyFileOutcome.Write(file, outcomes));
            default:
                using (var answer = new DailyFileAnswer(file, isDryRun))
                {
                    foreach (var outcome in outcomes)
                        answer.Add(outcome);
                    return FhirResults.Resource(answer.Finish());
                }
        }
    }

    private static async Task<IReadOnlyList<RecordOutcome>> WholeAsync(
        IAsyncEnumerable<RecordOutcome> outcomes,
        CancellationToken cancellation
    )
    {
        var whole = new List<RecordOutcome>();
        await foreach (var outcome in outcomes.WithCancellation(cancellation))
            whole.Add(outcome);
        return whole;
    }

    private async IAsyncEnumerable<RecordOutcome> ResultsAsync(
        string id,
        int count,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        for (var from = 0; from < count; from += ResultsAtOnce)
            foreach (var result in await files.ReadResultsAsync(id, from, ResultsAtOnce, cancellation))
                yield return DailyFileJson.ReadOutcome(result.Body.Span);
    }

    private static Streamed Csv(IAsyncEnumerable<RecordOutcome> outcomes) =>
        Streamed.Table(DailyFileTable.Header, outcomes.Select(DailyFileTable.RowsOf));

    /// <summary>What is too large to be read whole (406).</summary>
    public static Refusal TooMuch() =>
        Refusal.Because(
            RefusalKind.NotAcceptable,
            new Issue(
                "not-supported",
                $"The answer to more than {DailyFileEndpoints.MostAtOnce} records is application/fhir+json or text/csv. Send one of them in Accept.",
                "http.Accept"
            )
        );

    private sealed class StreamedFile(DailyFile file, IAsyncEnumerable<RecordOutcome> outcomes) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var body = httpContext.Response.BodyWriter;
            httpContext.Response.ContentType = FhirResponse.ContentType;
            using var answer = new DailyFileAnswer(file, isDryRun: false, body);
            await foreach (var outcome in outcomes)
            {
                answer.Add(outcome);
                if (body.UnflushedBytes > 64 * 1_024)
                    await body.FlushAsync(httpContext.RequestAborted);
            }

            answer.Finish();
            await body.FlushAsync(httpContext.RequestAborted);
        }
    }
}
