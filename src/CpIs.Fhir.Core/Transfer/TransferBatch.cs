namespace CpIs.Fhir.Core.Transfer;

/// <summary>Records of one section that were read, and are written, together.</summary>
/// <param name="Section">Where they belong.</param>
/// <param name="Records">At least one.</param>
/// <param name="LastKey">
/// The source's own key of the last one; reading goes on after it. Says nothing of a person or a child.
/// </param>
public sealed record TransferBatch(TransferSection Section, IReadOnlyList<PortableRecord> Records, string LastKey);

/// <summary>Collects records until they make a batch.</summary>
/// <param name="section">Where they belong.</param>
public sealed class TransferBatchBuilder(TransferSection section)
{
    private const int MostRecords = 4_000;
    private const int MostBytes = 8 * 1_024 * 1_024;
    private List<PortableRecord> _records = [];
    private int _bytes;

    /// <summary>True when the next record should wait for the next batch.</summary>
    public bool IsFull => _records.Count >= MostRecords || _bytes >= MostBytes;

    /// <summary>True when nothing waits.</summary>
    public bool IsEmpty => _records.Count == 0;

    /// <summary>Adds a record.</summary>
    public void Add(PortableRecord record)
    {
        _records.Add(record);
        _bytes += record.Size;
    }

    /// <summary>What was collected; the builder is empty again.</summary>
    public TransferBatch Take(string lastKey)
    {
        var batch = new TransferBatch(section, _records, lastKey);
        (_records, _bytes) = ([], 0);
        return batch;
    }
}
