using System.Text;
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
            if (file.State is DailyFileState.Done or DailyFileState.Cancelled || time.GetUtcNow() >= end)
                return file;
            await Task.WhenAny(beat, Task.Delay(lookAgain, time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The answer to a file that is done.</summary>
    public async Task<IResult> AnswerAsync(HttpContext context, DailyFile file) =>
        AnswerForms.Of(context.Request).Value == AnswerForm.Csv
            ? new Streamed(Csv(ResultsAsync(file, context.RequestAborted)))
        : file.Counts.Total <= DailyFileEndpoints.MostAtOnce
            ? Answer(context, file, await WholeAsync(file, context.RequestAborted), isDryRun: false)
        : context.AnswerFormat() == Core.Searching.AnswerFormat.Xml ? FhirResults.Refused(TooMuch())
        : new StreamedFile(file, ResultsAsync(file, context.RequestAborted));

    /// <summary>The answer to a dry run.</summary>
    public static IResult Answer(HttpContext context, DailyFile file, IReadOnlyList<RecordOutcome> outcomes) =>
        AnswerForms.Of(context.Request).Value == AnswerForm.Csv
            ? new Streamed(Csv(outcomes.ToAsyncEnumerable()))
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

    private async Task<IReadOnlyList<RecordOutcome>> WholeAsync(DailyFile file, CancellationToken cancellation)
    {
        var outcomes = new List<RecordOutcome>(file.Counts.Total);
        await foreach (var outcome in ResultsAsync(file, cancellation))
            outcomes.Add(outcome);
        return outcomes;
    }

    private async IAsyncEnumerable<RecordOutcome> ResultsAsync(
        DailyFile file,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        for (var from = 0; from < file.Records; from += ResultsAtOnce)
            foreach (var result in await files.ReadResultsAsync(file.Id, from, ResultsAtOnce, cancellation))
                yield return DailyFileJson.ReadOutcome(result.Body.Span);
    }

    private static async IAsyncEnumerable<byte[]> Csv(IAsyncEnumerable<RecordOutcome> outcomes)
    {
        // A spreadsheet takes UTF-8 for UTF-8 only with the mark before it.
        yield return [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(DailyFileTable.Header)];
        await foreach (var outcome in outcomes)
            yield return Encoding.UTF8.GetBytes(DailyFileTable.RowsOf(outcome));
    }

    private static Refusal TooMuch() =>
        Refusal.Because(
            RefusalKind.NotAcceptable,
            new Issue(
                "not-supported",
                $"The answer to more than {DailyFileEndpoints.MostAtOnce} records is application/fhir+json or text/csv. Send one of them in Accept.",
                "http.Accept"
            )
        );

    private sealed class Streamed(IAsyncEnumerable<byte[]> pieces) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "text/csv; charset=utf-8; header=present";
            await foreach (var piece in pieces)
                await httpContext.Response.BodyWriter.WriteAsync(piece, httpContext.RequestAborted);
        }
    }

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
