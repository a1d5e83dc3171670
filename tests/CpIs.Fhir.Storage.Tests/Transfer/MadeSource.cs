using System.Globalization;
using System.Runtime.CompilerServices;
using CpIs.Fhir.Core.Transfer;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>A source of given records, in batches of a given size: what no store would hold can be copied, and ended anywhere.</summary>
internal sealed class MadeSource(IEnumerable<PortableRecord> records, int batch = 2) : ITransferSource
{
    private readonly Dictionary<TransferSection, List<PortableRecord>> _records = records
        .GroupBy(record => record.Section)
        .ToDictionary(section => section.Key, section => section.ToList());

    public string Description => "made";

    public string Identity => "made";

    public Task<long> CountAsync(TransferSection section, DateTimeOffset unexpiredAt, CancellationToken cancellation) =>
        Task.FromResult<long>(Of(section).Count);

    public async IAsyncEnumerable<TransferBatch> ReadAsync(
        TransferSection section,
        string? after,
        DateTimeOffset unexpiredAt,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.Yield();
        var all = Of(section);
        var from = after is null ? 0 : int.Parse(after, CultureInfo.InvariantCulture);
        for (; from < all.Count; from += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var to = Math.Min(from + batch, all.Count);
            yield return new TransferBatch(section, all[from..to], to.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>What another source gives, as a source of its own.</summary>
    public static async Task<MadeSource> OfAsync(
        ITransferSource source,
        DateTimeOffset unexpiredAt,
        CancellationToken cancellation
    )
    {
        var all = new List<PortableRecord>();
        foreach (var section in TransferSections.All)
        await foreach (var read in source.ReadAsync(section, null, unexpiredAt, cancellation))
            all.AddRange(read.Records);
        return new MadeSource(all);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private List<PortableRecord> Of(TransferSection section) => _records.GetValueOrDefault(section) ?? [];
}
