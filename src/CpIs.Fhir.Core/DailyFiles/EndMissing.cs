using System.Globalization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// Ends what a full file leaves out, when its authority asks for it a second time: within 24 hours of the report, with the number of plans that
/// the report counts. Asked again, it is the same ending.
/// </summary>
public sealed class EndMissing(IDailyFileStore files, DailyFilePulse pulse, TimeProvider time)
{
    /// <summary>The rule of the second call.</summary>
    public const string Rule = "cpis-end-missing";

    /// <summary>Why it cannot be ended (409); null where it can, or where it was asked for before.</summary>
    /// <param name="file">The file, which is the caller's.</param>
    /// <param name="count">How many plans the caller says are to be ended.</param>
    public Refusal? Refuse(DailyFile file, long count)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Mode != DailyFileMode.Full)
            return Conflict(
                "This file was not sent with mode=full, so it says nothing of plans that are not in it. Nothing was ended."
            );
        if (file is not { State: DailyFileState.Done, Reconciliation: { Ended: not null } report })
            return Conflict("This file is not done, so there is no report yet. Read its report first.");
        if (file.Ending is null && time.GetUtcNow() >= report.EndsUntil)
            return Conflict(
                $"The report is more than {Reconciliation.Life.TotalHours:0} hours old. Send a new full file. Nothing was ended."
            );
        return count == report.Missing
            ? null
            : Conflict(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The count must be the number of missing plans in the report. Sent: {count}. Expected: {report.Missing}. Read the report, then send its number. Nothing was ended."
                )
            );
    }

    /// <summary>Begins the ending, durably, for the queue to go on with.</summary>
    /// <param name="fileId">A file of the caller's.</param>
    /// <param name="count">How many plans the caller says are to be ended.</param>
    /// <param name="asked">Who asked, and who approved.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The file with its ending, which may have begun before; or why there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<Result<DailyFile>> BeginAsync(
        string fileId,
        long count,
        MissingEnding asked,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            if (await files.ReadFileAsync(fileId, cancellation).ConfigureAwait(false) is not { } file)
                return Refusal.Unknown("This file");
            if (Refuse(file, count) is { } refusal)
                return refusal;
            if (file.Ending is not null)
                return file;
            var begun = file with { Revision = file.Revision + 1, Ending = asked with { Asked = time.GetUtcNow() } };
            if (!await files.ReplaceFileAsync(begun, cancellation).ConfigureAwait(false))
                continue;
            pulse.Beat();
            return begun;
        }
    }

    private static Refusal Conflict(string text) =>
        Refusal.Because(
            RefusalKind.Conflict,
            new Issue("conflict", text, "count", SpineCodes.InvalidUpdate, Rule: Rule)
        );
}
