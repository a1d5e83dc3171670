using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// Takes daily files in: a body is stored slice by slice as it arrives, and a file is known when all its parts have arrived. One number of an
/// authority is one content: the same again is the same file, another is refused (409). Nothing of a file that is no file is kept (CPF01).
/// </summary>
public sealed class DailyFileIntake(
    IDailyFileStore files,
    IOccurrenceStore occurrences,
    IOrganisationDirectory organisations,
    IUploadAlarms alarms,
    DailyFilePulse pulse,
    IdGenerator ids,
    TimeProvider time
)
{
    private const string Rule = "cpis-daily-file";

    /// <summary>Takes a part in; a file in one piece is a file of one part.</summary>
    /// <param name="sent">What is said of it.</param>
    /// <param name="records">The records as they arrive.</param>
    /// <param name="hash">SHA-256 of the body, in base64, once the records have ended.</param>
    /// <param name="cancellation">The connection is gone: what arrived is sent again.</param>
    /// <returns>The file, which may wait for other parts; or why it is none.</returns>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<Result<DailyFile>> ReceiveAsync(
        DailyFileSent sent,
        IAsyncEnumerable<DailyRecord> records,
        Func<string> hash,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(sent);
        ArgumentNullException.ThrowIfNull(hash);
        if (RefuseTime(sent) is { } ahead)
            return ahead;
        if ((await OpenAsync(sent, cancellation).ConfigureAwait(false)).IsRefused(out var refusal, out var file))
            return refusal;
        var intake = new PartIntake(files, file.Id, ids.Next());
        var isRepeat = file.State != DailyFileState.Receiving || file.Parts.ContainsKey(sent.Part);
        var most = sent.MostRecords - (isRepeat ? 0 : file.Records);
        await foreach (var record in records.WithCancellation(cancellation).ConfigureAwait(false))
        {
            if (!isRepeat)
                await intake.AddAsync(record, cancellation).ConfigureAwait(false);
            if (!isRepeat && intake.Records > most)
                return await RefuseAsync(file, TooMany(sent), cancellation).ConfigureAwait(false);
        }

        await intake.FlushAsync(cancellation).ConfigureAwait(false);
        var part = intake.ToPart(hash());
        while (true)
        {
            if (file.State != DailyFileState.Receiving || file.Parts.ContainsKey(sent.Part))
                return file.Parts.GetValueOrDefault(sent.Part)?.Hash == part.Hash ? file : OtherContent(sent);
            var next = file with
            {
                Revision = file.Revision + 1,
                Parts = new Dictionary<int, DailyFilePart>(file.Parts) { [sent.Part] = part },
            };
            if (next.Parts.Count == next.PartCount)
            {
                if (Miscounted(sent, next) is { } miscounted)
                    return await RefuseAsync(file, miscounted, cancellation).ConfigureAwait(false);
                next = next with { State = DailyFileState.Waiting };
                // Before any record of it is stored. Told under an id of the file's, so that another round tells it once.
                await occurrences
                    .RecordAsync(
                        DailyFileWork.OccurrenceOf(
                            next,
                            RepeatableId.Of("received", next.OccurrenceId),
                            string.Create(CultureInfo.InvariantCulture, $"{next.Records} records received"),
                            time.GetUtcNow()
                        ),
                        cancellation
                    )
                    .ConfigureAwait(false);
            }

            if (await files.ReplaceFileAsync(next, cancellation).ConfigureAwait(false))
            {
                pulse.Beat();
                return next;
            }

            // Another part was faster, or the same one.
            if (await files.ReadFileAsync(file.Id, cancellation).ConfigureAwait(false) is not { } there)
                return OtherContent(sent);
            file = there;
        }
    }

    /// <summary>The stamp of a file must not be ahead: it would freeze the register.</summary>
    /// <returns>Why it is refused (422), with an alarm raised; or null.</returns>
    internal Refusal? RefuseTime(DailyFileSent sent)
    {
        var now = time.GetUtcNow();
        var made = new UploadTime(new(sent.Made.ToUniversalTime()), IsSent: true);
        if (!made.IsAheadOf(now))
            return null;
        alarms.TimeAhead(sent.Caller.Organisation, sent.RequestId, sent.Made - now);
        return Refusal.Because(RefusalKind.Rule, made.Ahead(now, "made"));
    }

    /// <summary>How often the authority had restarted its stamps.</summary>
    internal int EpochOf(DailyFileSent sent) => organisations.Current.Find(sent.Caller.Organisation)?.StampEpoch ?? 0;

    /// <summary>The file of that number, new or as it is there.</summary>
    private async Task<Result<DailyFile>> OpenAsync(DailyFileSent sent, CancellationToken cancellation)
    {
        var wanted = sent.ToFile(EpochOf(sent), ids.Next(), time.GetUtcNow());
        while (true)
        {
            var file = await files.OpenFileAsync(wanted, cancellation).ConfigureAwait(false);
            if (file.State == DailyFileState.Cancelled)
                return Conflict("This file was cancelled. Send it again under the next sequence number.");
            if (file.Made == wanted.Made && file.Mode == wanted.Mode && file.PartCount == wanted.PartCount)
                return file;
            if (file.State != DailyFileState.Receiving || file.Parts.Count > 0)
                return OtherContent(sent);
            // Nothing of it has arrived: what was said of it then was a mistake, or never went on.
            if (
                await files
                    .ReplaceFileAsync(wanted with { Revision = file.Revision + 1 }, cancellation)
                    .ConfigureAwait(false)
            )
                return wanted with { Revision = file.Revision + 1 };
        }
    }

    /// <summary>Nothing is kept of a file that is none, so that it can be sent again under its number.</summary>
    private async Task<Refusal> RefuseAsync(DailyFile file, Refusal refusal, CancellationToken cancellation)
    {
        await files.DropFileAsync(file, cancellation).ConfigureAwait(false);
        return refusal;
    }

    internal static Refusal? Miscounted(DailyFileSent sent, DailyFile file) =>
        sent.Count is { } count && count != file.Records
            ? Broken(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The file has another number of records than count says. Sent: {file.Records}. Expected: {count}. Check that it was not cut off, and send it again."
                ),
                "count"
            )
        : file.Records == 0 && sent.Count is null
            ? Broken("The file has no record. If nothing changed, send count=0 to say that this is meant.", "count")
        : null;

    internal static Refusal TooMany(DailyFileSent sent) =>
        Refusal.Because(
            RefusalKind.TooLarge,
            new Issue(
                "too-costly",
                sent.MostRecords < DailyFileSent.MostOfAll
                    ? $"The file has more than {sent.MostRecords} records. Send it with the header Prefer: respond-async, or in several files."
                    : $"The file has more than {sent.MostRecords} records. Send several files.",
                "count",
                SpineCodes.TooManyValues,
                Rule: Rule
            )
        );

    private static Refusal OtherContent(DailyFileSent sent) =>
        Conflict(
            string.Create(
                CultureInfo.InvariantCulture,
                $"File {sent.Sequence} was sent before with other content. Give each file its own sequence number."
            )
        );

    private static Refusal Conflict(string text) =>
        Refusal.Because(
            RefusalKind.Conflict,
            new Issue("duplicate", text, "sequence", SpineCodes.InvalidUpdate, Rule: "cpis-daily-file-sequence")
        );

    private static Refusal Broken(string text, string place) =>
        Refusal.Because(RefusalKind.Rule, new Issue("invalid", text, place, SpineCodes.InvalidValue, Rule: Rule));
}
