using System.Runtime.CompilerServices;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Terminology;

namespace CpIs.Fhir.Conformance.Tests.Definitions;

/// <summary>Alone: what other tests allocate meanwhile would be counted.</summary>
[CollectionDefinition(nameof(RetainedMemoryTests), DisableParallelization = true)]
[Collection(nameof(RetainedMemoryTests))]
public sealed class RetainedMemoryTests
{
    [Fact]
    public void All_of_core_and_ours_read_and_compiled_stays_below_twenty_five_megabytes()
    {
        ReadAll(); // what is made once a process is not meant
        var before = GC.GetTotalMemory(true);

        var held = ReadAll();

        var megabytes = (GC.GetTotalMemory(true) - before) / 1_048_576.0;
        GC.KeepAlive(held);
        TestContext.Current.SendDiagnosticMessage($"core and ours, all read and compiled: {megabytes:0.0} MB retained");
        megabytes.Should().BeLessThan(25);
    }

    /// <summary>A method of its own, so that nothing but what it gives is still held when memory is counted.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (DefinitionSet, LocalTerminology) ReadAll()
    {
        var set = DefinitionSet.CoreAndOurs();
        var terminology = new LocalTerminology(set);
        foreach (var url in set.StructureUrls)
            set.FindStructure(url);
        foreach (var entry in CoreDefinitions.Load().Entries.Concat(OwnDefinitions.Load().Entries))
            _ =
                entry.Type == "ValueSet"
                    ? terminology.Some(entry.Url, 1)
                    : (object)terminology.CheckSystem(entry.Url, "x");
        return (set, terminology);
    }
}
