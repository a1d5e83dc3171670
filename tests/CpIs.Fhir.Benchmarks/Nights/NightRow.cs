using System.Globalization;

namespace CpIs.Fhir.Benchmarks.Nights;

/// <summary>A night of daily files on one store, next to its floor.</summary>
internal sealed record NightRow
{
    public static IReadOnlyList<string> Headings { get; } =
    [
        "Store",
        "Records",
        "Seconds",
        "Records/s",
        "Bare writes/s",
        "Processor a record",
        "Memory",
        "Look-ups meanwhile p50, p99",
        "and after",
    ];

    public required string Store { get; init; }

    /// <summary>Children with their plans.</summary>
    public required int Records { get; init; }

    /// <summary>From the first byte that arrived until the last file ended: taken in, judged, stored.</summary>
    public required double Seconds { get; init; }

    /// <summary>Occurrences written durably in the same run, and nothing else.</summary>
    public required double WritesPerSecond { get; init; }

    /// <summary>Processor time of the server, in microseconds.</summary>
    public required double ProcessorMicroseconds { get; init; }

    /// <summary>The most memory that the server held, in bytes.</summary>
    public required long MostBytes { get; init; }

    /// <summary>Milliseconds, while the files were worked on.</summary>
    public required (double P50, double P99) Meanwhile { get; init; }

    /// <summary>Milliseconds, with nothing else to do.</summary>
    public required (double P50, double P99) After { get; init; }

    /// <summary>Look-ups that were not answered with 200.</summary>
    public required int Failed { get; init; }

    public IReadOnlyList<string> ToCells() =>
        [
            Store,
            Number(Records),
            Number(Seconds),
            Number(Records / Seconds),
            Number(WritesPerSecond),
            $"{Number(ProcessorMicroseconds)} us",
            $"{MostBytes / 1_048_576} MB",
            Milliseconds(Meanwhile) + (Failed > 0 ? $" ({Failed} failed)" : ""),
            Milliseconds(After),
        ];

    private static string Milliseconds((double P50, double P99) latency) =>
        string.Create(CultureInfo.InvariantCulture, $"{latency.P50:0.0}, {latency.P99:0.0} ms");

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
