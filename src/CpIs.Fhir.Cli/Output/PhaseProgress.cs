using System.Diagnostics;
using System.Globalization;
using CpIs.Fhir.Cli.Running;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CpIs.Fhir.Cli.Output;

/// <summary>
/// Shows a long piece of work of several phases, each with how far it is, how fast and how long still: moving bars for a
/// person, a line every tenth otherwise. Told from any thread.
/// </summary>
internal sealed class PhaseProgress
{
    /// <summary>Below it, a phase has steps of all lengths, and a rate says nothing.</summary>
    private const int LeastForRate = 1_000;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;
    private readonly Lock _gate = new();
    private readonly TextWriter _error;
    private readonly ProgressContext? _bars;
    private readonly Dictionary<string, Phase> _phases = new(StringComparer.Ordinal);

    private PhaseProgress(TextWriter error, ProgressContext? bars) => (_error, _bars) = (error, bars);

    private sealed record Phase(ProgressTask? Bar, long Started, long DoneBefore)
    {
        public long Tenths { get; set; }
    }

    /// <summary>Runs the work, which reports.</summary>
    public static async Task<T> RunAsync<T>(Surroundings surroundings, Func<PhaseProgress, Task<T>> work)
    {
        if (!surroundings.ErrorIsTerminal)
            return await work(new PhaseProgress(surroundings.Error, null));
        return await Terminal
            .On(surroundings.Error, surroundings.Variable("NO_COLOR") is null or "")
            .Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RateColumn(),
                new RemainingTimeColumn()
            )
            .StartAsync(bars => work(new PhaseProgress(surroundings.Error, bars)));
    }

    /// <summary>So much of a phase is done. A phase of nothing is not shown.</summary>
    public void Report(string name, long done, long total)
    {
        if (total == 0)
            return;
        lock (_gate)
        {
            if (!_phases.TryGetValue(name, out var phase))
                _phases[name] = phase = new Phase(
                    _bars?.AddTask(Markup.Escape(name), maxValue: total),
                    Stopwatch.GetTimestamp(),
                    done
                );
            if (phase.Bar is { } bar)
                bar.Value = Math.Max(bar.Value, done);
            else
                Write(name, phase, done, total);
        }
    }

    private void Write(string name, Phase phase, long done, long total)
    {
        var tenths = total < 10 ? 0 : done * 10 / total;
        if (tenths <= phase.Tenths)
            return;
        phase.Tenths = tenths;
        var seconds = Stopwatch.GetElapsedTime(phase.Started).TotalSeconds;
        var rate = seconds > 0 ? (done - phase.DoneBefore) / seconds : 0;
        var rest = rate > 0 && done < total ? string.Create(Culture, $", {(total - done) / rate:F0} s left") : "";
        var speed = total < LeastForRate ? "" : string.Create(Culture, $" ({rate:N0}/s{rest})");
        _error.WriteLine(string.Create(Culture, $"{name}: {done:N0} of {total:N0}{speed}"));
    }

    /// <summary>How many a second.</summary>
    private sealed class RateColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(
                task is { Speed: { } speed, MaxValue: >= LeastForRate }
                    ? string.Create(Culture, $"{speed, 9:N0}/s")
                    : ""
            ).RightJustified();
    }
}
