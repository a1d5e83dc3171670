using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>Answers how a full file compares with what is held, in the form that was asked for, a slice at a time.</summary>
internal sealed class ReconciliationDesk(ReconciliationRows reports)
{
    public async Task<IResult> AnswerAsync(HttpContext context, DailyFile file, AnswerForm form)
    {
        var rows = reports.ReadAsync(file, context.RequestAborted);
        if (form == AnswerForm.Csv)
            return Streamed.Table(ReconciliationTable.Header, rows.Select(ReconciliationTable.RowOf));
        if (ReconciliationRows.CountOf(file.Reconciliation!) > DailyFileEndpoints.MostAtOnce)
            return form == AnswerForm.Page || context.AnswerFormat() == AnswerFormat.Xml
                ? FhirResults.Refused(DailyFileDesk.TooMuch())
                : new StreamedReport(file, rows);
        var whole = new List<ReportRow>();
        await foreach (var row in rows)
            whole.Add(row);
        if (form == AnswerForm.Page)
            return ReconciliationPage.Of(file, whole);
        using var answer = new ReconciliationAnswer(file);
        foreach (var row in whole)
            answer.Add(row);
        return FhirResults.Resource(answer.Finish());
    }

    private sealed class StreamedReport(DailyFile file, IAsyncEnumerable<ReportRow> rows) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var body = httpContext.Response.BodyWriter;
            httpContext.Response.ContentType = FhirResponse.ContentType;
            using var answer = new ReconciliationAnswer(file, body);
            await foreach (var row in rows)
            {
                answer.Add(row);
                if (body.UnflushedBytes > 64 * 1_024)
                    await body.FlushAsync(httpContext.RequestAborted);
            }

            answer.Finish();
            await body.FlushAsync(httpContext.RequestAborted);
        }
    }
}
