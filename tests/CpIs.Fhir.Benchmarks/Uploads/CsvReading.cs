using System.Text;
using BenchmarkDotNet.Attributes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Server.DailyFiles;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Uploads;

/// <summary>
/// What a daily file in CSV costs before its records are judged: 10,000 children, from bytes to records. The floor is one pass over the lines of the
/// same text, which nobody can do without.
/// </summary>
[MemoryDiagnoser]
public class CsvReading
{
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");

    private byte[] _file = [];

    /// <summary>Rows after the header.</summary>
    public int Rows { get; private set; }

    [GlobalSetup]
    public void Setup()
    {
        var lines = SyntheticPopulation
            .OfCounty(Authority, 10_000, new DateOnly(2026, 6, 10))
            .Children()
            .SelectMany(SyntheticCsv.Rows)
            .Select(SyntheticCsv.Line)
            .Prepend(SyntheticCsv.Header)
            .ToList();
        Rows = lines.Count - 1;
        _file = Encoding.UTF8.GetBytes(string.Join("\r\n", lines));
        if (Records().GetAwaiter().GetResult() != 10_000)
            throw new InvalidOperationException("The file was not read as it was written.");
    }

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true)]
    public int Lines()
    {
        using var text = new StreamReader(new MemoryStream(_file));
        var lines = 0;
        while (text.ReadLine() is not null)
            lines++;
        return lines;
    }

    /// <summary>Rows cut into cells.</summary>
    [Benchmark]
    public async Task<int> Cells()
    {
        var rows = new CsvRows(new MemoryStream(_file));
        await rows.HeaderAsync(CancellationToken.None);
        var cells = 0;
        await foreach (var row in rows.ReadAsync(CancellationToken.None))
            cells += row.Cells.Count;
        return cells;
    }

    /// <summary>Records, as they are stored until they are judged.</summary>
    [Benchmark]
    public async Task<int> Records()
    {
        var rows = new CsvRows(new MemoryStream(_file));
        var header = CsvHeader.Read((await rows.HeaderAsync(CancellationToken.None))!).Value!;
        var records = 0;
        await foreach (
            var record in CsvRecords.ReadAsync(
                Authority,
                header,
                rows.ReadAsync(CancellationToken.None),
                CancellationToken.None
            )
        )
            if (record.Faults.Count == 0)
                records++;
        return records;
    }
}
