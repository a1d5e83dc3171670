using System.Diagnostics;
using CpIs.Fhir.Cli.Bench;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>Fills a store with a register, telling how far it is.</summary>
internal static class Filling
{
    private static readonly TimeSpan BetweenNotes = TimeSpan.FromSeconds(5);

    /// <summary>Fills.</summary>
    /// <returns>Resources written per second.</returns>
    public static async Task<double> RunAsync(
        IMeasuredStore measured,
        Register register,
        CancellationToken cancellation
    )
    {
        await using var store = await measured.OpenAsync(cancellation);
        var fill = new StoreFill(store, TimeProvider.System);
        var watch = Stopwatch.StartNew();
        var (written, told) = (0L, TimeSpan.Zero);
        var gate = new Lock();
        foreach (var authority in register.Authorities)
            await fill.RunAsync(authority, measured.FillLanes, Done, cancellation);
        Tell();
        return written / watch.Elapsed.TotalSeconds;

        void Done(int resources)
        {
            lock (gate)
            {
                written += resources;
                if (watch.Elapsed - told < BetweenNotes)
                    return;
                told = watch.Elapsed;
                Tell();
            }
        }

        void Tell() =>
            Console.Error.WriteLine(
                $"{measured.Name}: {written:N0} resources of {register.Children:N0} children filled in, {written / watch.Elapsed.TotalSeconds:N0}/s"
            );
    }
}
