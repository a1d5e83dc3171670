using System.CommandLine;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis profiles</c>.</summary>
internal static class ProfilesCommand
{
    public static Command Create(Tool tool) =>
        new ToolCommand("profiles", "Make what the validator stands on from a package of FHIR's core definitions.")
        {
            ProfilesCoreCommand.Create(tool),
        };
}
