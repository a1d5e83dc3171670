using System.Diagnostics;
using CpIs.Fhir.Core.Transfer;

namespace CpIs.Fhir.Cli.Stores;

/// <summary>How fast each section was copied in this run. Told from several threads.</summary>
internal sealed class SectionTimes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TransferSection, Span> _copying = [];

    private sealed record Span(long Started, long DoneBefore, long Ended, long Done);

    public void Note(TransferProgress progress)
    {
        if (progress is not { Phase: TransferPhase.Copying, Section: { } section })
            return;
        var now = Stopwatch.GetTimestamp();
        lock (_gate)
            _copying[section] = _copying.TryGetValue(section, out var span)
                ? span with
                {
                    Ended = now,
                    Done = progress.Done,
                }
                : new Span(now, progress.Done, now, progress.Done);
    }

    /// <summary>Records a second; null where nothing was copied in this run.</summary>
    public double? RateOf(TransferSection section)
    {
        lock (_gate)
            return _copying.TryGetValue(section, out var span) && span.Done > span.DoneBefore
                ? (span.Done - span.DoneBefore) / Stopwatch.GetElapsedTime(span.Started, span.Ended).TotalSeconds
                : null;
    }
}
