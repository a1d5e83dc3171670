using System.Security.Cryptography;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Http;
using Microsoft.Net.Http.Headers;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>A daily file as it comes: its records one by one, and what it says of itself.</summary>
/// <param name="Records">The records as they arrive.</param>
/// <param name="Hash">SHA-256 of the body, once the records have ended.</param>
internal sealed record DailyFileBody(IAsyncEnumerable<DailyRecord> Records, Func<string> Hash)
{
    /// <summary>What the file says of its number; null where it says nothing.</summary>
    public string? Sequence { get; private init; }

    /// <summary>What the file says of its time; null where it says nothing.</summary>
    public string? Made { get; private init; }

    /// <summary>Opens the body by its media type: NDJSON and CSV are read line by line, a Bundle whole.</summary>
    public static async Task<Result<DailyFileBody>> OpenAsync(HttpContext context, UploadOptions options)
    {
        if (IsCsv(context.Request))
            return await OpenCsvAsync(context);
        if (MediaTypes.IsSent(context.Request, "application/fhir+ndjson", "application/ndjson", "application/x-ndjson"))
        {
            if (!MediaTypes.IsPlain(context.Request))
                return RequestBody.Unsupported("NDJSON without Content-Encoding, or once with gzip");
            var body = new CountedBody(context);
            return new DailyFileBody(NdjsonRecords.ReadAsync(body, context.RequestAborted), body.Hash);
        }

        if (!MediaTypes.IsSent(context.Request, "application/fhir+json", "application/json", "application/fhir+xml"))
            return RequestBody.Unsupported(
                "application/fhir+ndjson (a record on each line), application/fhir+json (a Bundle of records) or text/csv"
            );
        if (
            (await RequestBody.ReadFhirAsync(context, options.MaximumBytes)).IsRefused(out var refusal, out var sent)
            || RequestBody
                .AsJson(context, sent, options.Limits with { MaximumEntries = int.MaxValue })
                .IsRefused(out refusal, out var json)
            || CollectionRecords.Read(json).IsRefused(out refusal, out var file)
        )
            return refusal;
        var hash = Convert.ToBase64String(SHA256.HashData(sent.Bytes.Span));
        return new DailyFileBody(file.Records.ToAsyncEnumerable(), () => hash)
        {
            Sequence = file.Sequence,
            Made = file.Made,
        };
    }

    /// <summary>Whatever charset is said: what is sent tells (<see cref="CsvLetters"/>), and spreadsheets do not know theirs.</summary>
    private static bool IsCsv(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var sent)
        && sent.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase);

    private static async Task<Result<DailyFileBody>> OpenCsvAsync(HttpContext context)
    {
        if (!MediaTypes.IsPlain(context.Request))
            return RequestBody.Unsupported("CSV without Content-Encoding, or once with gzip");
        var body = new CountedBody(context);
        var rows = new CsvRows(body);
        if (await rows.HeaderAsync(context.RequestAborted) is not { } first)
            return new DailyFileBody(AsyncEnumerable.Empty<DailyRecord>(), body.Hash);
        if (CsvHeader.Read(first).IsRefused(out var refusal, out var header))
            return refusal;
        return new DailyFileBody(
            CsvRecords.ReadAsync(
                context.Caller().Organisation,
                header,
                rows.ReadAsync(context.RequestAborted),
                context.RequestAborted
            ),
            body.Hash
        );
    }
}
