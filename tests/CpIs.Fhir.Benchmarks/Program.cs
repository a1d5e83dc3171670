using BenchmarkDotNet.Running;
using CpIs.Fhir.Benchmarks.Store;

// `-- measure-store` prints the store's figures in half a minute; anything else is BenchmarkDotNet's own command line.
if (args is ["measure-store", ..])
    return await StoreMeasure.RunAsync();
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
