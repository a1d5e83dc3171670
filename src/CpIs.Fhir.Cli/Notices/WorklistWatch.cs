using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>Looks at a work-list again and again, and shows only what is new.</summary>
/// <param name="reader">Reads the list.</param>
/// <param name="view">Shows it.</param>
/// <param name="report">Where notes go.</param>
/// <param name="time">Clock.</param>
internal sealed class WorklistWatch(WorklistReader reader, WorklistView view, Report report, TimeProvider time)
{
    /// <summary>
    /// What is new on the list of the untold was looked up since it was last read. This much more is read again, for look-ups that were
    /// written late.
    /// </summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(15);

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private DateTimeOffset? _read;
    private bool? _isEmpty;
    private bool _isLost;

    /// <summary>Goes on until it is cancelled.</summary>
    /// <param name="states">Which; none for what an operator sees.</param>
    /// <param name="since">As it was typed, or null.</param>
    /// <param name="pause">Between two looks.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RefusedException">The exchange refused.</exception>
    public async Task RunAsync(
        IReadOnlyList<string> states,
        string? since,
        TimeSpan pause,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            try
            {
                var read = await reader.ReadAsync(states, From(states, since), int.MaxValue, cancellation);
                Show(read, since);
                (_read, _isLost) = (read.AsOf, false);
            }
            catch (Exception lost)
                when (lost is CannotRunException { ExitCode: ExitCode.CouldNotRun }
                    || lost is RefusedException { Answer.Status: >= 500 or 429 }
                )
            {
                if (_read is null)
                    throw;
                // Said once: a list that stands still must not be taken for one on which nothing is new.
                if (!_isLost)
                    report.Note(
                        $"The work-list cannot be read since {LondonCalendar.Read(time.GetUtcNow())}: {lost.Message.TrimEnd('.')}. Trying again."
                    );
                _isLost = true;
            }

            await Task.Delay(pause, time, cancellation);
        }
    }

    private void Show(WorklistRead read, string? since)
    {
        if (_isLost)
            report.Note("The work-list can be read again.");
        var news = read.Lines.Where(line => line.Keys.Where(_seen.Add).ToList() is not []).ToList();
        view.Lines(news);
        view.Changed([.. read.Changed.Where(record => record.Keys.Where(_seen.Add).ToList() is not [])]);
        // Later reads begin at a later time, so that only the count says whether the list is empty.
        var isEmpty = read.Lines.Count == 0 && (read.Untold == 0 || _read is null);
        if (isEmpty && _isEmpty is not true)
            report.Line(view.Nothing(read, since));
        _isEmpty = isEmpty;
    }

    private string? From(IReadOnlyList<string> states, string? since)
    {
        if (states is not ["untold"] || _read is not { } read)
            return since;
        var from = read - Overlap;
        return since is not null && SearchDate.Parse("eq" + since)?.From > from ? since : Instant.Text(from);
    }
}
