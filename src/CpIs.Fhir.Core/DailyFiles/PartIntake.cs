namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>Cuts the records of a part into slices, and has each kept as soon as it is full.</summary>
internal sealed class PartIntake(IDailyFileStore files, string fileId, string batch)
{
    /// <summary>Most records of a slice: a tenth of a second of work, for which another authority waits at most.</summary>
    public const int MostRecords = 200;

    /// <summary>Most bytes of a slice, but for its last record.</summary>
    private const int MostBytes = 1_024 * 1_024;

    private readonly List<DailyRecord> _records = new(MostRecords);
    private int _bytes;
    private int _slices;

    /// <summary>Records so far.</summary>
    public int Records { get; private set; }

    public async Task AddAsync(DailyRecord record, CancellationToken cancellation)
    {
        Records++;
        _records.Add(record);
        _bytes += record.Entries.Sum(entry => entry.Resource.Length);
        if (_records.Count == MostRecords || _bytes > MostBytes)
            await FlushAsync(cancellation).ConfigureAwait(false);
    }

    public async Task FlushAsync(CancellationToken cancellation)
    {
        if (_records.Count == 0)
            return;
        await files
            .PutSliceAsync(
                fileId,
                batch,
                _slices,
                DailyFileJson.WriteSlice(Records - _records.Count, _records),
                cancellation
            )
            .ConfigureAwait(false);
        _slices++;
        _records.Clear();
        _bytes = 0;
    }

    public DailyFilePart ToPart(string hash) => new(batch, hash, Records, _slices);
}
