using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Server.Demo;

/// <summary>What <c>--demo</c> does besides registering the synthetic organisations (section <c>Demo</c>). Read only under <c>--demo</c>.</summary>
public sealed record DemoOptions
{
    /// <summary>False registers the organisations and clients and stops there: for tests and for the benchmarks. Default true.</summary>
    public bool Seed { get; init; } = true;

    /// <summary>How many uploads are in progress at a time while seeding; default 2.</summary>
    [Range(1, 16)]
    public int Concurrency { get; init; } = 2;
}
