using System.Globalization;

namespace CpIs.Fhir.Benchmarks.Notices;

/// <summary>Deliveries of a server on one store, next to their floors.</summary>
internal sealed record NoticeRow
{
    public static IReadOnlyList<string> Headings { get; } =
    ["Store", "Deliveries/s", "Bare posts/s", "Bare writes/s", "Of one after the other", "Processor a delivery"];

    public required string Store { get; init; }

    /// <summary>Notices a second that the receivers had from a server with a backlog.</summary>
    public required double DeliveriesPerSecond { get; init; }

    /// <summary>The same bytes posted to the same receivers by an HttpClient, and nothing else.</summary>
    public required double PostsPerSecond { get; init; }

    /// <summary>Occurrences written durably, and nothing else.</summary>
    public required double WritesPerSecond { get; init; }

    /// <summary>Processor time of the server, in microseconds.</summary>
    public required double ProcessorMicroseconds { get; init; }

    /// <summary>Deliveries as a share of what a post and a write, one after the other, would allow.</summary>
    public double Ratio => DeliveriesPerSecond * (1 / PostsPerSecond + 1 / WritesPerSecond);

    public IReadOnlyList<string> ToCells() =>
        [
            Store,
            Number(DeliveriesPerSecond),
            Number(PostsPerSecond),
            Number(WritesPerSecond),
            Ratio.ToString("P0", CultureInfo.InvariantCulture),
            $"{Number(ProcessorMicroseconds)} us",
        ];

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
