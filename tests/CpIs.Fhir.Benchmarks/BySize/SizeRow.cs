using System.Globalization;
using CpIs.Fhir.Benchmarks.Measures;

namespace CpIs.Fhir.Benchmarks.BySize;

/// <summary>One store at one size.</summary>
internal sealed record SizeRow
{
    public static IReadOnlyList<string> Headings { get; } =
    [
        "Store",
        "Children",
        "Look-ups/s",
        "p50",
        "p99",
        "Examined: hit",
        "Examined: miss",
        "Server memory",
        "Disk per child",
        "Filled in at",
    ];

    public required string Store { get; init; }

    public required int Children { get; init; }

    public required double LookUpsPerSecond { get; init; }

    public required double P50Milliseconds { get; init; }

    public required double P99Milliseconds { get; init; }

    /// <summary>Look-ups that went wrong; every other figure is worth little when it is not 0.</summary>
    public required long Errors { get; init; }

    /// <summary>A look-up that shows a plan.</summary>
    public required Examined Hit { get; init; }

    /// <summary>A look-up of which nothing is held.</summary>
    public required Examined Miss { get; init; }

    /// <summary>Resident memory of the server after the look-ups.</summary>
    public required long ServerBytes { get; init; }

    /// <summary>The store on disk, before the look-ups.</summary>
    public required long DiskBytes { get; init; }

    /// <summary>Bulk loading, without HTTP.</summary>
    public required double ResourcesFilledPerSecond { get; init; }

    public IReadOnlyList<string> ToCells() =>
        [
            Store,
            Number(Children),
            Number(LookUpsPerSecond) + (Errors == 0 ? "" : $" ({Number(Errors)} errors)"),
            Text(P50Milliseconds, "0.0") + " ms",
            Text(P99Milliseconds, "0.0") + " ms",
            Cell(Hit),
            Cell(Miss),
            Number(ServerBytes / 1e6) + " MB",
            Text(DiskBytes / 1e3 / Children, "0.0") + " kB",
            Number(ResourcesFilledPerSecond) + " resources/s",
        ];

    private string Cell(Examined examined) =>
        $"{Text(examined.Documents, "0.#")} {(Store == "SQLite" ? "rows" : "documents")}, "
        + $"{Text(examined.Steps, "0.#")} {(Store == "SQLite" ? "steps" : "keys")}";

    private static string Number(double value) => Text(value, "#,0");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
