using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Stores;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>
/// What stores and servers are killed under: one uploads Bundles of 300, sixteen look children up, without end. Each says what
/// the store has said is durable.
/// </summary>
internal sealed class Workload(IExchangeStore store, Action<string> say)
{
    public const int BundleSize = 300;
    private const int Settings = 16;

    private readonly string _run = Guid.NewGuid().ToString("N");

    /// <summary>Runs until it is stopped or the process is killed.</summary>
    /// <param name="outlastsFailures">Whether it goes on when the store could not do it; what failed is not said.</param>
    /// <param name="stop">Ends it after what is under way.</param>
    public Task RunAsync(bool outlastsFailures, CancellationToken stop) =>
        Task.WhenAll([
            RepeatAsync(UploadAsync, outlastsFailures, stop),
            .. Enumerable
                .Range(0, Settings)
                .Select(setting => RepeatAsync(i => LookUpAsync(setting, i), outlastsFailures, stop)),
        ]);

    private static async Task RepeatAsync(Func<int, Task> act, bool outlastsFailures, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
            try
            {
                await act(i);
            }
            catch (StoreUnavailableException) when (outlastsFailures)
            {
                // Nobody was told that it is durable.
            }
    }

    private async Task UploadAsync(int bundle)
    {
        var id = $"{_run}-{bundle}";
        var resources = Enumerable
            .Range(0, BundleSize)
            .Select(i => Make.Resource($"{id}-{i}", tokens: [$"bundle={id}", "a=1", "b=2", "c=3"]));
        var commit = Make.Commit([.. resources]) with
        {
            Answer = Make.Answer(id, expires: DateTimeOffset.MaxValue),
            Occurrence = Make.Access($"upload-{id}"),
        };
        if (await store.CommitAsync(commit, default) == CommitOutcome.Committed)
            say($"bundle {id}");
    }

    private async Task LookUpAsync(int setting, int i)
    {
        var access = Make.Access($"{_run}-{setting}-{i}", child: Make.Child(i), authorities: Make.Herts);
        await store.RecordAsync(access, default);
        say($"access {access.Id}");
    }
}
