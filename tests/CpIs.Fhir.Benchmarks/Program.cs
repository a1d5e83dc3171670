using BenchmarkDotNet.Running;
using CpIs.Fhir.Benchmarks.Bench;
using CpIs.Fhir.Benchmarks.Measures;
using CpIs.Fhir.Benchmarks.Store;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core.Protection;

// `-- bench` measures a running server; `-- measure-store` prints the store's figures in half a minute, `-- measure-store sealed`
// those of a sealed one; `both-stores`, `sizes`, `notices` and `nights` measure running servers (the scripts of the same names publish one first); anything else is
// BenchmarkDotNet's own command line.
if (args is ["bench", ..])
    return await BenchTool.RunAsync(args, Surroundings.OfProcess());
if (args is ["measure-store", .. var how])
{
    using var sealedRecords = new SealedRecords(ProtectionKeys.Make("2026-11"));
    return await StoreMeasure.RunAsync(how is ["sealed"] ? sealedRecords : RecordProtection.Readable);
}

if (args is ["both-stores" or "sizes" or "notices" or "nights", ..])
    return await MeasureCommands.RunAsync(args);
BenchmarkSwitcher.FromAssembly(typeof(StoreMeasure).Assembly).Run(args);
return 0;
