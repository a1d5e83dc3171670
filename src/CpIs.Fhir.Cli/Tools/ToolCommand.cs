using System.CommandLine;

namespace CpIs.Fhir.Cli.Tools;

/// <summary>A command whose own help says more than its line in the list, and shows examples.</summary>
internal sealed class ToolCommand(string name, string description, params IReadOnlyList<string> examples)
    : Command(name, description)
{
    /// <summary>What only its own help says; null for nothing more.</summary>
    public string? Details { get; init; }

    /// <summary>Whole command lines.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
