using CpIs.Fhir.Cli.Running;
using Spectre.Console;

namespace CpIs.Fhir.Cli.Output;

/// <summary>Shows how far a long piece of work is: a moving bar for a person, a line every tenth otherwise.</summary>
internal static class ProgressBar
{
    /// <summary>Runs the work, which calls back for each unit done. Thread-safe.</summary>
    public static async Task RunAsync(Surroundings surroundings, string what, int total, Func<Action, Task> work)
    {
        if (surroundings.ErrorIsTerminal)
            await Terminal
                .On(surroundings.Error, surroundings.Variable("NO_COLOR") is null or "")
                .Progress()
                .Columns(
                    new TaskDescriptionColumn(),
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new RemainingTimeColumn()
                )
                .StartAsync(context =>
                {
                    var task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, total));
                    return work(() => task.Increment(1));
                });
        else
            await work(PlainSteps(surroundings.Error, what, total));
    }

    private static Action PlainSteps(TextWriter error, string what, int total)
    {
        var done = 0;
        return () =>
        {
            var now = Interlocked.Increment(ref done);
            if (total < 10 || now * 10 / total == (now - 1) * 10 / total)
                return;
            lock (error)
                error.WriteLine($"{what}: {now} of {total}");
        };
    }
}
