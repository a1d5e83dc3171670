using System.Diagnostics;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>Fills a store with a register, as <c>cpis store fill</c> does, telling how far it is.</summary>
internal sealed class Filling : IProgress<TransferProgress>
{
    private static readonly TimeSpan BetweenNotes = TimeSpan.FromSeconds(10);

    private readonly string _store;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private TimeSpan _told;
    private TimeSpan? _written;

    private Filling(string store) => _store = store;

    /// <summary>Fills.</summary>
    /// <returns>Resources written per second, indexes made, not counting that all of it is read once more and compared.</returns>
    public static async Task<double> RunAsync(IMeasuredStore store, Register register, CancellationToken cancellation)
    {
        var filling = new Filling($"{store.Name}, {register.Children:N0} children");
        await using var source = new SyntheticSource(register.Authorities);
        await using var target = await store.OpenTargetAsync(cancellation);
        var outcome = await new StoreCopy(source, target, TimeProvider.System).RunAsync(filling, cancellation);
        if (!outcome.IsSound)
            throw new InvalidOperationException($"{store.Name} does not hold what was written to it.");
        var resources = outcome.Sections.Single(s => s.Section == TransferSection.Resources).Target.Count;
        return resources / (filling._written ?? filling._watch.Elapsed).TotalSeconds;
    }

    /// <inheritdoc />
    public void Report(TransferProgress value)
    {
        lock (_gate)
        {
            if (value.Phase == TransferPhase.Verifying)
                _written ??= _watch.Elapsed;
            if (_watch.Elapsed - _told < BetweenNotes)
                return;
            _told = _watch.Elapsed;
            Console.Error.WriteLine($"{_store}: {value.Phase}, {value.Done:N0} of {value.Total:N0}");
        }
    }
}
