using System.Diagnostics;
using System.Globalization;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Validation;

/// <summary>
/// How far a long run is, on a terminal only: one line of standard error that is wiped before a verdict is printed, for both may
/// be the same screen.
/// </summary>
internal sealed class ValidationBar(Surroundings surroundings, long? total)
{
    private const int Width = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // What ends sooner needs no bar.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly long _started = Stopwatch.GetTimestamp();
    private long _shown;
    private long _done;
    private bool _isThere;

    /// <summary>So many bytes more are done.</summary>
    public void Advance(long bytes, ValidationCounts counts)
    {
        _done += bytes;
        if (
            !surroundings.ErrorIsTerminal
            || Stopwatch.GetElapsedTime(_started) < Patience
            || (_shown != 0 && Stopwatch.GetElapsedTime(_shown) < Pause)
        )
            return;
        _shown = Stopwatch.GetTimestamp();
        _isThere = true;
        var part = total > 0 ? Math.Min(1, (double)_done / total.Value) : 0;
        var filled = (int)(part * Width);
        var bar = total is null
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"[{new string('#', filled)}{new string('.', Width - filled)}] {part, 4:P0} "
            );
        surroundings.Error.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\r\e[K{bar}{counts.Inputs:N0} validated, {counts.Invalid:N0} not valid, {counts.Inputs / Stopwatch.GetElapsedTime(_started).TotalSeconds:N0}/s"
            )
        );
        surroundings.Error.Flush();
    }

    /// <summary>Makes room for other output.</summary>
    public void Wipe()
    {
        if (!_isThere)
            return;
        surroundings.Error.Write("\r\e[K");
        surroundings.Error.Flush();
        _isThere = false;
    }
}
