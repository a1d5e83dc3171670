namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>What to measure, and how hard.</summary>
internal sealed record BenchOptions
{
    /// <summary>Look-ups (and constant answers, and store writes) at a time.</summary>
    public required int Connections { get; init; }

    /// <summary>Counted time of each phase.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Uncounted time before it.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>Most look-ups counted in the look-up phase, or null.</summary>
    public long? LookUps { get; init; }

    /// <summary>Share of look-ups that show a plan.</summary>
    public required double HitRatio { get; init; }

    /// <summary>Bundles under way at a time.</summary>
    public required int UploadConcurrency { get; init; }

    /// <summary>Children sent in each upload phase.</summary>
    public required int UploadChildren { get; init; }

    /// <summary>Measure an authority's reads and searches.</summary>
    public bool Reads { get; init; }

    /// <summary>Measure uploads, and look-ups during an upload.</summary>
    public bool Uploads { get; init; }

    /// <summary>Measure the time from a look-up to its notice.</summary>
    public bool Notices { get; init; }

    /// <summary>Where the bare store is made; on the disk that the server's data is on.</summary>
    public required string FloorDirectory { get; init; }

    /// <summary>
    /// The engine that the server stands on, where it is MongoDB: the driver alone is then the floor, and not the bare store.
    /// May hold a password: never shown.
    /// </summary>
    public string? MongoFloor { get; init; }

    /// <summary>Without the connection string.</summary>
    public override string ToString() => $"{Connections} connections, {Duration}";
}
