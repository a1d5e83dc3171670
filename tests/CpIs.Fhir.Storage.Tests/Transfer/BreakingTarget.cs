using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Transfer;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>A target whose n-th write fails: before it was done, or after, when nobody is told.</summary>
internal sealed class BreakingTarget(ITransferTarget target, int breakAt, bool afterwards) : ITransferTarget
{
    private int _writes;

    public string Description => target.Description;

    public string Identity => target.Identity;

    /// <summary>True once it has failed.</summary>
    public bool HasBroken { get; private set; }

    public async Task<TransferBegin> BeginAsync(TransferStart copy, CancellationToken cancellation)
    {
        var begin = default(TransferBegin);
        await BreakAsync(async () => begin = await target.BeginAsync(copy, cancellation));
        return begin!;
    }

    public Task WriteAsync(
        TransferBatch? batch,
        TransferSection section,
        TransferBookmark bookmark,
        CancellationToken cancellation
    ) => BreakAsync(() => target.WriteAsync(batch, section, bookmark, cancellation));

    public Task FinishAsync(IProgress<(int Done, int Total)> progress, CancellationToken cancellation) =>
        // Each step tells how far it is before it begins: breaking there leaves the steps so far.
        target.FinishAsync(
            new Steps(() => BreakAsync(() => Task.CompletedTask).GetAwaiter().GetResult()),
            cancellation
        );

    public Task CompleteAsync(CancellationToken cancellation) => BreakAsync(() => target.CompleteAsync(cancellation));

    public Task<long> CountAsync(TransferSection section, DateTimeOffset unexpiredAt, CancellationToken cancellation) =>
        target.CountAsync(section, unexpiredAt, cancellation);

    public IAsyncEnumerable<TransferBatch> ReadAsync(
        TransferSection section,
        string? after,
        DateTimeOffset unexpiredAt,
        CancellationToken cancellation
    ) => target.ReadAsync(section, after, unexpiredAt, cancellation);

    public ValueTask DisposeAsync() => target.DisposeAsync();

    private async Task BreakAsync(Func<Task> write)
    {
        HasBroken = ++_writes == breakAt;
        if (!HasBroken || afterwards)
            await write();
        if (HasBroken)
            throw new StoreUnavailableException("broken by the test");
    }

    private sealed class Steps(Action step) : IProgress<(int Done, int Total)>
    {
        public void Report((int Done, int Total) value) => step();
    }
}
