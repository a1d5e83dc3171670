using System.CommandLine;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

internal static class ProfilesCommand
{
    public static Command Create(Tool tool) =>
        new ToolCommand(
            "profiles",
            "Build the profiles, pack them as a FHIR package, compare them with what was published."
        )
        {
            ProfilesBuildCommand.Create(tool),
            ProfilesCoreCommand.Create(tool),
            ProfilesDiffCommand.Create(tool),
            ProfilesPackCommand.Create(tool),
        };

    /// <summary><c>--profiles</c>.</summary>
    public static Option<string?> Folder() =>
        new("--profiles")
        {
            Description = "The folder with sources and built definitions; by default 'profiles' here or above.",
            HelpName = "DIR",
        };
}
