using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Profiles;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

internal static class ProfilesBuildCommand
{
    public static Command Create(Tool tool)
    {
        var folder = ProfilesCommand.Folder();
        var command = new ToolCommand(
            "build",
            "Make the definitions from their FSH sources with SUSHI, and say what changed.",
            "cpis profiles build"
        )
        {
            Details = """
                Runs profiles/build, which needs Node 20 or later and uses the pinned SUSHI. The result does not depend on the
                machine.

                Exit codes: 0 built; 2 could not run, or the sources have errors.
                """,
            Options = { folder },
        };
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var profiles = ProfilesFolder.Find(run.Get(folder));
                var before = BuiltFiles.Of(profiles);
                await ProfileBuild.RunAsync(profiles, cancellation);
                Tell(run, before.ChangesTo(BuiltFiles.Of(profiles)));
                return ExitCode.Done;
            }
        );
    }

    private static void Tell(Run run, IReadOnlyList<(string File, string Change)> changes)
    {
        foreach (var (file, change) in changes)
            run.Report.Object(new JsonObject { ["file"] = file, ["change"] = change });
        run.Report.Table(["FILE", "CHANGE"], [.. changes.Select(c => new[] { c.File, c.Change })]);
        run.Report.Line(
            changes.Count == 0
                ? "The built definitions have not changed."
                : string.Create(CultureInfo.InvariantCulture, $"{changes.Count} built files changed.")
        );
    }
}
