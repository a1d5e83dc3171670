using System.Globalization;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>
/// Sends a daily file and waits until its last record is done. It asks in between how far it is; what is sent twice is stored once.
/// </summary>
/// <param name="exchange">The exchange.</param>
/// <param name="organisation">ODS code of the authority, by which the exchange knows its files.</param>
/// <param name="time">Clock.</param>
internal sealed class DailySending(ExchangeClient exchange, string organisation, TimeProvider time)
{
    private const string Csv = "text/csv";
    private const string NumberRule = "cpis-daily-file-sequence";
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>Sends a file.</summary>
    /// <param name="upload">The file.</param>
    /// <param name="sequence">Its number; null where the file says it itself.</param>
    /// <param name="isDryRun">True where nothing is to be stored.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; the same file is sent again under the same number.</param>
    /// <exception cref="RefusedException">The file was refused as a whole (CPF01), or the exchange failed.</exception>
    /// <exception cref="CannotRunException">Nobody answered.</exception>
    public async Task<Acknowledgement> SendAsync(
        DailyUpload upload,
        long? sequence,
        bool isDryRun,
        PhaseProgress progress,
        CancellationToken cancellation
    )
    {
        var answer = await exchange.GetAsync(
            Post(upload, sequence, isDryRun, progress) with
            {
                Headers = isDryRun ? [] : [("Prefer", "respond-async")],
            },
            $"{upload.Name}",
            cancellation
        );
        var number = sequence ?? SequenceOf(upload);
        while (answer.Status == 202)
        {
            if (Parse(answer.Progress) is var (done, total))
                progress.Report("Records", done, total);
            await Task.Delay(LookAgain, time, cancellation);
            answer = await ReadAsync(number, null, cancellation);
        }

        var acknowledgement = Acknowledgement.Of(answer);
        progress.Report("Records", acknowledgement.Records, acknowledgement.Records);
        return acknowledgement;
    }

    /// <summary>
    /// Sends a file under its number in the ledger. A number that the ledger made up, and under which another file was sent from elsewhere, is
    /// left to that one, and the next is taken.
    /// </summary>
    /// <returns>The acknowledgement, and the line of the ledger under which it was given.</returns>
    public async Task<(Acknowledgement Acknowledgement, DailyLedger.Line Line)> SendAsync(
        DailyUpload upload,
        DailyLedger ledger,
        PhaseProgress progress,
        CancellationToken cancellation
    )
    {
        var line = ledger.Begin(upload);
        while (true)
            try
            {
                return (
                    await SendAsync(
                        upload,
                        upload.IsNumbered ? null : line.Sequence,
                        isDryRun: false,
                        progress,
                        cancellation
                    ),
                    line
                );
            }
            catch (RefusedException taken)
                when (upload.Sequence is null
                    && taken.Answer.Status == 409
                    && taken.Answer.Problems.Any(problem => problem.Rule == NumberRule)
                )
            {
                line = ledger.Renumber(line, upload.Name);
            }
    }

    /// <summary>The answer to a file that was sent before.</summary>
    public async Task<Acknowledgement> ReadAsync(long sequence, CancellationToken cancellation) =>
        Acknowledgement.Of(await ReadAsync(sequence, null, cancellation));

    /// <summary>The answer as a table for a spreadsheet.</summary>
    public async Task<ReadOnlyMemory<byte>> TableAsync(
        DailyUpload upload,
        long? sequence,
        bool isDryRun,
        CancellationToken cancellation
    ) =>
        (
            isDryRun
                ? await exchange.GetAsync(
                    Post(upload, sequence, isDryRun, null) with
                    {
                        Headers = [("Accept", Csv)],
                    },
                    upload.Name,
                    cancellation
                )
                : await ReadAsync(sequence ?? SequenceOf(upload), Csv, cancellation)
        ).Body;

    private static long SequenceOf(DailyUpload upload) =>
        upload.Sequence ?? throw new CannotRunException($"{upload.Name} has no number that can be read.");

    private Task<Answer> ReadAsync(long sequence, string? accept, CancellationToken cancellation) =>
        exchange.GetAsync(
            new Ask(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"$upload/{organisation}-{sequence}"))
            {
                Repeatable = true,
                Headers = accept is null ? [] : [("Accept", accept)],
            },
            "the acknowledgement",
            cancellation
        );

    private static Ask Post(DailyUpload upload, long? sequence, bool isDryRun, PhaseProgress? progress)
    {
        var query = new List<string>();
        if (sequence is { } number)
            query.Add(string.Create(CultureInfo.InvariantCulture, $"sequence={number}"));
        if (upload.Made is { } made)
            query.Add($"made={Uri.EscapeDataString(made)}");
        if (upload.Mode != "delta")
            query.Add($"mode={upload.Mode}");
        if (upload.Count is { } count)
            query.Add(string.Create(CultureInfo.InvariantCulture, $"count={count}"));
        if (isDryRun)
            query.Add("dry-run=true");
        return new Ask(HttpMethod.Post, "$upload?" + string.Join('&', query))
        {
            Open = () => progress is null ? upload.Open() : new ReportedStream(upload.Open(), upload.Bytes, progress),
            MediaType = upload.Form.MediaType(),
            Repeatable = true,
        };
    }

    /// <summary><c>512 of 1754 records</c>.</summary>
    private static (long Done, long Total)? Parse(string? progress) =>
        progress?.Split(' ') is [var done, "of", var total, "records"]
        && long.TryParse(done, NumberStyles.None, CultureInfo.InvariantCulture, out var there)
        && long.TryParse(total, NumberStyles.None, CultureInfo.InvariantCulture, out var all)
            ? (there, all)
            : null;
}
