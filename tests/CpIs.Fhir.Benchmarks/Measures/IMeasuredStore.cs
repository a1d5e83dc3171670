using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Transfer;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>
/// One of the two stores as a measurement needs it: empty at first, filled without a server, then under a server, weighed
/// and looked into. Disposing of it removes all of it.
/// </summary>
internal interface IMeasuredStore : IAsyncDisposable
{
    /// <summary>For people.</summary>
    string Name { get; }

    /// <summary>Settings, as environment variables, with which a server stands on it.</summary>
    IReadOnlyDictionary<string, string> ServerSettings { get; }

    /// <summary>What <c>bench</c> is told besides, so that it measures this store's floor.</summary>
    IReadOnlyList<string> FloorArguments { get; }

    /// <summary>The phase that is its floor.</summary>
    string FloorPhase { get; }

    /// <summary>Opens it to be filled. No server runs on it.</summary>
    Task<ITransferTarget> OpenTargetAsync(CancellationToken cancellation);

    /// <summary>Opens it as a server does, for as long as it is written to. No server runs on it.</summary>
    Task WriteAsync(
        Func<IRecordStore, IOccurrenceStore, CancellationToken, Task> write,
        CancellationToken cancellation
    );

    /// <summary>Bytes on disk, indexes included.</summary>
    Task<long> WeighAsync(CancellationToken cancellation);

    /// <summary>What the reads of a look-up go through.</summary>
    Task<Examined> ExamineAsync(NhsNumber child, CancellationToken cancellation);
}
