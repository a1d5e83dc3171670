using System.Globalization;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>
/// Takes daily files out of a folder as they come, and goes on until it is stopped. Each is moved, with its answer next to it: into <c>done</c>,
/// or into <c>refused</c> where it was refused as a whole. While the exchange cannot be reached, files stay where they are. The ledger numbers
/// them, so that none is sent as another and none is stored twice.
/// </summary>
internal sealed class DailyWatch(string folder, string mode, DailySending sending, DailyLedger ledger, Run run)
{
    private const string Done = "done";
    private const string Refused = "refused";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    /// <summary>A file that nobody wrote to for so long is whole.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private static readonly string[] Extensions = [".csv", ".txt", ".ndjson", ".jsonl", ".json"];

    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private bool _isLost;

    private readonly record struct Seen(long Bytes, DateTime Written, DateTimeOffset Since);

    private TimeProvider Time => run.Surroundings.Time;

    /// <summary>Goes on until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var pause = Pause;
        while (true)
        {
            var isLost = false;
            foreach (var path in Whole())
                if (!await TakeAsync(path, cancellation))
                {
                    isLost = true;
                    break;
                }

            pause = isLost ? TimeSpan.FromSeconds(Math.Min(pause.TotalSeconds * 2, LongestPause.TotalSeconds)) : Pause;
            await Task.Delay(pause, Time, cancellation);
        }
    }

    /// <summary>The files that have come whole: renamed in, or left alone for a while. The oldest first.</summary>
    private List<string> Whole()
    {
        var now = Time.GetUtcNow();
        var whole = new List<FileInfo>();
        var there = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
        {
            if (!IsWanted(file))
                continue;
            there.Add(file.Name);
            var isKnown =
                _seen.TryGetValue(file.Name, out var seen)
                && (seen.Bytes, seen.Written) == (file.Length, file.LastWriteTimeUtc);
            if (!isKnown)
                _seen[file.Name] = new Seen(file.Length, file.LastWriteTimeUtc, now);
            else if (now - seen.Since >= Quiet || now - file.LastWriteTimeUtc >= Quiet)
                whole.Add(file);
        }

        foreach (var gone in _seen.Keys.Where(name => !there.Contains(name)).ToList())
            _seen.Remove(gone);
        return
        [
            .. whole
                .OrderBy(file => file.LastWriteTimeUtc)
                .ThenBy(file => file.Name, StringComparer.Ordinal)
                .Select(file => file.FullName),
        ];
    }

    private bool IsWanted(FileInfo file)
    {
        if (file.Name.StartsWith('.') || file.Name == DailyLedger.DefaultName)
            return false;
        var isWanted = Extensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase);
        if (!isWanted && _named.Add(file.Name))
            run.Report.Note(
                $"{file.Name} is not sent: daily files end in {string.Join(", ", Extensions)}. Rename it, or save it as CSV."
            );
        return isWanted;
    }

    /// <summary>Sends a file and puts it away; false where it must wait.</summary>
    private async Task<bool> TakeAsync(string path, CancellationToken cancellation)
    {
        try
        {
            var upload = await ReadAsync(path, cancellation);
            if (upload.Form == UploadForm.Transaction)
            {
                await PutAwayAsync(
                    path,
                    Refused,
                    Stem(path, null),
                    "This is no daily file: CSV, NDJSON, or a Bundle of records. Send a transaction with cpis upload FILE.\n"
                );
                return true;
            }

            var line = ledger.Begin(upload);
            if (line.IsDone)
                run.Report.Note($"{Path.GetFileName(path)} was acknowledged before, and is not sent again.");
            else
                line = await PhaseProgress.RunAsync(
                    run.Surroundings,
                    async progress => (await sending.SendAsync(upload, ledger, progress, cancellation)).Line
                );
            await PutAnswerAsync(path, upload, line, cancellation);
            Found();
            return true;
        }
        catch (RefusedException refusal) when (IsOfFile(refusal.Answer.Status))
        {
            run.Report.Refused(refusal.Answer, Path.GetFileName(path));
            await PutAwayAsync(
                path,
                Refused,
                Stem(path, null),
                string.Concat(refusal.Answer.Problems.Select(problem => problem + "\n"))
            );
            Found();
            return true;
        }
        catch (Exception lost)
            when (lost is RefusedException or CannotRunException or IOException or UnauthorizedAccessException)
        {
            // Said once: the same outage is not told every minute.
            if (!_isLost)
                run.Report.Note(
                    $"{Path.GetFileName(path)} waits: {(lost is RefusedException { Answer: var answer } ? $"{answer.Problems[0]} (HTTP {answer.Status})" : lost.Message)} Trying again."
                );
            _isLost = true;
            return false;
        }
    }

    /// <summary>The answer first, then the file: what is in <c>done</c> has its answer.</summary>
    private async Task PutAnswerAsync(
        string path,
        DailyUpload upload,
        DailyLedger.Line line,
        CancellationToken cancellation
    )
    {
        var stem = Stem(path, line.Sequence);
        try
        {
            var acknowledgement = await sending.ReadAsync(line.Sequence, cancellation);
            var table = await sending.TableAsync(upload, line.Sequence, isDryRun: false, cancellation);
            ledger.Finish(line, upload.Name);
            AcknowledgementView.Show(run.Report, Path.GetFileName(path), acknowledgement);
            await WriteAsync(Done, stem + ".acknowledgement.json", acknowledgement.Body, cancellation);
            await WriteAsync(Done, stem + ".acknowledgement.csv", table, cancellation);
            Move(path, Done, stem);
        }
        catch (RefusedException refusal) when (line.IsDone && refusal.Answer.Status == 404)
        {
            await PutAwayAsync(path, Done, stem, "The file was acknowledged; its answer is kept for 30 days.\n");
        }
    }

    private async Task<DailyUpload> ReadAsync(string path, CancellationToken cancellation)
    {
        var (form, bundle) = UploadForms.Of(path, () => File.OpenRead(path));
        var hash = await DailyUpload.HashAsync(() => File.OpenRead(path), cancellation);
        return DailyUpload.OfFile(path, form, hash).Saying(bundle) with { Mode = mode };
    }

    private void Found()
    {
        if (_isLost)
            run.Report.Note("The exchange answers again.");
        _isLost = false;
    }

    /// <summary>The file itself is refused; what is wrong with the client, the address or the moment is tried again.</summary>
    private static bool IsOfFile(int status) => status is >= 400 and < 500 and not (401 or 403 or 404 or 408 or 429);

    /// <summary>Another night's file has the same name: the number, or the moment, tells them apart.</summary>
    private string Stem(string path, long? sequence) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(sequence is { } number ? $"{number}" : $"{Time.GetUtcNow():yyyyMMddHHmmssfff}")}-{Path.GetFileName(path)}"
        );

    private async Task PutAwayAsync(string path, string into, string stem, string why)
    {
        await WriteAsync(into, stem + ".why.txt", System.Text.Encoding.UTF8.GetBytes(why), CancellationToken.None);
        Move(path, into, stem);
    }

    private async Task WriteAsync(
        string into,
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellation
    )
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, into)).FullName;
        await File.WriteAllBytesAsync(Path.Combine(target, name), content, cancellation);
    }

    private void Move(string path, string into, string stem)
    {
        File.Move(path, Path.Combine(folder, into, stem), overwrite: true);
        _seen.Remove(Path.GetFileName(path));
    }
}
