using System.Text.Json;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>What the options of <c>cpis upload</c> say of daily files.</summary>
internal sealed record DailyOptions
{
    /// <summary>The number, where it was given.</summary>
    public long? Sequence { get; init; }

    /// <summary>The time, where it was given.</summary>
    public string? Made { get; init; }

    /// <summary><c>delta</c> or <c>full</c>.</summary>
    public string Mode { get; init; } = "delta";

    /// <summary>How many records the file has, where it was given.</summary>
    public int? Count { get; init; }

    /// <summary>True where nothing is to be stored.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Where the acknowledgement goes as CSV, or null.</summary>
    public string? Csv { get; init; }

    /// <summary>The ledger, where it was named.</summary>
    public string? Ledger { get; init; }
}

/// <summary>Sends the daily files that were named, one after another.</summary>
internal sealed class DailyRun(Run run, ExchangeClient exchange, DailyOptions options)
{
    private readonly DailySending _sending = new(exchange, run.ReadClient().Organisation, run.Surroundings.Time);

    /// <summary>Sends one.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> SendAsync(
        UploadSource source,
        UploadForm form,
        JsonElement bundle,
        CancellationToken cancellation
    )
    {
        var upload = (await ReadAsync(source, form, cancellation)).Saying(bundle);
        upload = upload with
        {
            Sequence = options.Sequence ?? upload.Sequence,
            IsNumbered = upload.IsNumbered && options.Sequence is null,
            Made = options.Made ?? upload.Made,
            Mode = options.Mode,
            Count = options.Count,
        };
        // A number that somebody gave needs no book.
        var isNumbered = upload.IsNumbered || (options.Sequence is not null && options.Ledger is null);
        using var ledger = isNumbered ? null : OpenLedger(source);
        var number = upload.IsNumbered ? (long?)null : upload.Sequence ?? ledger!.Next(upload);
        var acknowledgement = await PhaseProgress.RunAsync(
            run.Surroundings,
            async progress =>
            {
                if (options.IsDryRun || ledger is null)
                    return await _sending.SendAsync(upload, number, options.IsDryRun, progress, cancellation);
                var (answer, line) = await _sending.SendAsync(upload, ledger, progress, cancellation);
                number = line.Sequence;
                ledger.Finish(line, upload.Name);
                return answer;
            }
        );
        AcknowledgementView.Show(run.Report, source.Name, acknowledgement);
        if (options.Csv is { } csv)
        {
            var table = await _sending.TableAsync(upload, number, options.IsDryRun, cancellation);
            await File.WriteAllBytesAsync(csv, table, cancellation);
        }

        return acknowledgement.ExitCode;
    }

    /// <summary>Takes files out of a folder until it is cancelled.</summary>
    public async Task<int> WatchAsync(string folder, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder))
            throw new CannotRunException($"{folder}: no such folder.");
        using var ledger = OpenLedger(Path.Combine(folder, DailyLedger.DefaultName));
        run.Report.Note($"Watching {folder}. Ctrl-C ends it; a file that is under way goes on the next time.");
        try
        {
            await new DailyWatch(folder, options.Mode, _sending, ledger, run).RunAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            run.Report.Note("Stopped.");
        }

        return ExitCode.Done;
    }

    /// <summary>Next to the file, unless another was named: it is kept where the files are kept.</summary>
    private DailyLedger OpenLedger(UploadSource source) =>
        OpenLedger(
            Path.Combine(
                source.Path is { } path
                    ? Path.GetDirectoryName(Path.GetFullPath(path))!
                    : Directory.GetCurrentDirectory(),
                DailyLedger.DefaultName
            )
        );

    private DailyLedger OpenLedger(string path) =>
        DailyLedger.Open(options.Ledger ?? path, ServerAddress.Guess(run.Server).FhirBase, run.ReadClient().ClientId);

    private async Task<DailyUpload> ReadAsync(UploadSource source, UploadForm form, CancellationToken cancellation)
    {
        if (source.Path is { } path)
            return DailyUpload.OfFile(path, form, await DailyUpload.HashAsync(() => File.OpenRead(path), cancellation));
        var content = await source.ReadAsync(cancellation);
        return new DailyUpload(source.Name, form, content.Length, () => new MemoryStream(content))
        {
            Hash = UploadLedger.HashOf(content),
            Made = DailyUpload.Instant(run.Surroundings.Time.GetUtcNow()),
        };
    }
}
