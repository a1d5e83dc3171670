using System.CommandLine;

namespace CpIs.Fhir.Cli;

/// <summary>A command that shows examples in its help.</summary>
internal sealed class ToolCommand(string name, string description, params IReadOnlyList<string> examples)
    : Command(name, description)
{
    /// <summary>Whole command lines.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
