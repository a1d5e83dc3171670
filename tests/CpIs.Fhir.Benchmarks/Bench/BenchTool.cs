using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>The verb <c>bench</c>, with the options, files and exit codes of <c>cpis</c>.</summary>
internal static class BenchTool
{
    /// <summary>What runs it, in examples and in front of failures.</summary>
    public const string Name = "CpIs.Fhir.Benchmarks";

    private static readonly CommandSet Commands = new(
        "Measures what is slow. Synthetic data only.",
        tool => [BenchCommand.Create(tool)]
    );

    /// <summary>Runs it. Never throws for what a user can cause.</summary>
    /// <param name="args">Its first word is <c>bench</c>.</param>
    /// <param name="surroundings">Of the process or of a test.</param>
    /// <param name="cancellation">Ends the run.</param>
    public static Task<int> RunAsync(
        IReadOnlyList<string> args,
        Surroundings surroundings,
        CancellationToken cancellation = default
    ) => Commands.RunAsync(args, surroundings with { Program = Name }, cancellation);
}
