using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Profiles;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

internal static class ProfilesDiffCommand
{
    public static Command Create(Tool tool)
    {
        var folder = ProfilesCommand.Folder();
        var old = new Argument<string?>("OLD")
        {
            Description = "Package file to compare with; by default the newest in profiles/published.",
            Arity = ArgumentArity.ZeroOrOne,
            DefaultValueFactory = _ => null,
        };
        var command = new ToolCommand(
            "diff",
            "Compare the built definitions with a package, and say which changes break older instances.",
            "cpis profiles diff",
            "cpis profiles diff cpis.fhir.r4-0.1.0.tgz --json"
        )
        {
            Details = """
                A change breaks when something that met the older package may not meet the newer: a maximum lowered, an element
                required or prohibited, a type or a code removed, a fixed value, a new or changed rule, a slicing closed. Widening and
                rewording do not. What breaks needs a new major version, or before 1.0 a new minor one.

                Exit codes: 0 the version fits the changes; 1 something breaks and the version does not say so; 2 could not run.
                """,
            Arguments = { old },
            Options = { folder },
        };
        return tool.Runs(
            command,
            (run, _) =>
            {
                var profiles = ProfilesFolder.Find(run.Get(folder));
                var path =
                    run.Get(old)
                    ?? profiles.NewestPublished()
                    ?? throw new CannotRunException(
                        $"{profiles.Published} has no published package yet. Name a package: cpis profiles diff FILE."
                    );
                var before = PackageContent.OfFile(path);
                var after = PackageContent.OfFolder(profiles);
                return Task.FromResult(Tell(run, path, before, after));
            }
        );
    }

    private static int Tell(Run run, string path, PackageContent before, PackageContent after)
    {
        var changes = PackageComparison.Compare(before, after);
        var breaking = changes.Count(change => change.Breaks);
        foreach (var change in changes)
            run.Report.Object(
                new JsonObject
                {
                    ["artefact"] = change.Artefact,
                    ["place"] = change.Place,
                    ["change"] = change.What,
                    ["breaks"] = change.Breaks,
                }
            );
        run.Report.Table(
            ["BREAKS", "ARTEFACT", "PLACE", "CHANGE"],
            [.. changes.Select(c => new[] { c.Breaks ? "yes" : "no", Short(c.Artefact), c.Place, c.What })]
        );
        var holds = breaking == 0 || after.Version.MayBreak(before.Version);
        run.Report.Object(
            new JsonObject
            {
                ["from"] = before.Version.ToString(),
                ["to"] = after.Version.ToString(),
                ["changes"] = changes.Count,
                ["breaking"] = breaking,
                ["versionHolds"] = holds,
            }
        );
        run.Report.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{before.Version} ({path}) to {after.Version}: {changes.Count} changes, {breaking} of them break."
            )
        );
        if (!holds)
            run.Report.Note(
                $"cpis: the changes that break need version {before.Version.NextThatMayBreak()} or later. The definitions have version {after.Version}."
            );
        return holds ? ExitCode.Done : ExitCode.Refused;
    }

    // For people the last part of a canonical is enough.
    private static string Short(string artefact)
    {
        var type = artefact[..artefact.IndexOf(' ', StringComparison.Ordinal)];
        return $"{type} {artefact[(artefact.LastIndexOfAny(['/', ' ']) + 1)..]}";
    }
}
