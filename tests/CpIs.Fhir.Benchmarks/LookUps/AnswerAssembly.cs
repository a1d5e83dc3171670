using BenchmarkDotNet.Attributes;
using CpIs.Fhir.Benchmarks.Store;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Benchmarks.LookUps;

/// <summary>
/// Writing the answer to <c>$child-protection</c> from what the store holds: a hit (plan, Flag, Patient, 25 accesses of
/// history) and a miss. The floor is to copy the same answer, ready made.
/// </summary>
[MemoryDiagnoser]
public class AnswerAssembly
{
    private const string Base = "https://cpis.example/FHIR/R4";

    private LookUpAnswer? _answer;
    private ReadOnlyMemory<byte> _ready;

    /// <summary>True for a child with a visible plan; 3 in 100 look-ups.</summary>
    [Params(true, false)]
    public bool Hit { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        await using var store = await FilledStore.OpenAsync(300);
        var patients = new RecordQuery(RecordType.Patient, FilledStore.Authority, []) { Count = 1_000 };
        var view = new ChildView([]);
        NhsNumber child = default;
        foreach (var patient in (await store.Store.SearchAsync(patients, default)).Items)
        {
            child = patient.Child!.Value;
            view = ChildView.Of(await store.Store.ReadChildAsync(child, default), FilledStore.Today);
            if (view.Plans.Count > 0)
                break;
        }

        if (view.Plans.Count == 0)
            throw new InvalidOperationException("No child with a visible plan.");
        var request = new LookUpRequest
        {
            Interaction = LookUpInteraction.ChildProtection,
            Parameters = [KeyValuePair.Create("nhsNumber", child.Digits)],
            RequestId = "6d6f3f7e-0000-4000-8000-000000000001",
        };
        var history = Enumerable.Range(1, AccessHistory.Length).Select(n => Samples.Access(n, hit: true)).ToList();
        _answer = new LookUpAnswer(
            request,
            new LookUpParameters(child),
            Samples.Access(0, Hit),
            Hit ? view.Plans : [],
            Hit ? history : []
        );
        _ready = Write();
        Console.WriteLine($"// {_ready.Length} bytes");
    }

    [Benchmark(Baseline = true)]
    public byte[] CopyReadyMade() => _ready.ToArray();

    [Benchmark]
    public ReadOnlyMemory<byte> Write() => LookUpAnswerWriter.ToBytes(_answer!, Base, OrganisationDirectory.Empty);
}
