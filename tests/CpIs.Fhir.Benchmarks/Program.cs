using BenchmarkDotNet.Running;
using CpIs.Fhir.Benchmarks.Store;
using CpIs.Fhir.Core.Protection;

// `-- measure-store` prints the store's figures in half a minute, `-- measure-store sealed` those of a sealed one; anything
// else is BenchmarkDotNet's own command line.
if (args is ["measure-store", .. var how])
{
    using var sealedRecords = new SealedRecords(ProtectionKeys.Make("2026-11"));
    return await StoreMeasure.RunAsync(how is ["sealed"] ? sealedRecords : RecordProtection.Readable);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
