using BenchmarkDotNet.Running;
using CpIs.Fhir.Benchmarks.Measures;
using CpIs.Fhir.Benchmarks.Store;

// `-- measure-store` prints the store's figures in half a minute; `both-stores` and `sizes` measure running servers (the
// scripts of the same names publish one first); anything else is BenchmarkDotNet's own command line.
switch (args)
{
    case ["measure-store", ..]:
        return await StoreMeasure.RunAsync();
    case ["both-stores" or "sizes", ..]:
        return await MeasureCommands.RunAsync(args);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(StoreMeasure).Assembly).Run(args);
        return 0;
}
