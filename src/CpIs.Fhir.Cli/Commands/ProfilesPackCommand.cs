using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Profiles;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Cli.Commands;

internal static class ProfilesPackCommand
{
    public static Command Create(Tool tool)
    {
        var folder = ProfilesCommand.Folder();
        var output = new Option<string?>("--out")
        {
            Description = "File to write; by default NAME-VERSION.tgz in the current folder.",
            HelpName = "FILE",
        };
        var command = new ToolCommand(
            "pack",
            "Write the FHIR package: the built definitions and the good examples.",
            "cpis profiles pack",
            "cpis profiles pack --out profiles/published/cpis.fhir.r4-0.3.0.tgz"
        )
        {
            Details = """
                The layout is that of the FHIR NPM package specification, so that SUSHI, Firely Terminal, the HL7 validator and
                Simplifier can use the file as it is. The same definitions give the same bytes. An existing file is replaced.
                """,
            Options = { folder, output },
        };
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var profiles = ProfilesFolder.Find(run.Get(folder));
                var manifest = FolderPackage.Manifest(profiles);
                var files = FolderPackage.Files(profiles);
                var path = run.Get(output) ?? $"{manifest.Name}-{manifest.Version}.tgz";
                using var package = new MemoryStream();
                Write(package, manifest, files);
                await File.WriteAllBytesAsync(path, package.ToArray(), cancellation);
                Tell(run, path, package.ToArray(), manifest, files);
                return ExitCode.Done;
            }
        );
    }

    private static void Write(Stream package, PackageManifest manifest, IReadOnlyList<PackageFile> files)
    {
        try
        {
            PackageWriter.Write(package, manifest, files);
        }
        catch (ArgumentException wrong)
        {
            throw new CannotRunException(wrong.Message, inner: wrong);
        }
    }

    private static void Tell(
        Run run,
        string path,
        byte[] package,
        PackageManifest manifest,
        IReadOnlyList<PackageFile> files
    )
    {
        var examples = files.Count(file => file.Path.Contains('/', StringComparison.Ordinal));
        var hash = Convert.ToHexStringLower(SHA256.HashData(package));
        run.Report.Object(
            new JsonObject
            {
                ["file"] = path,
                ["package"] = manifest.ToString(),
                ["bytes"] = package.Length,
                ["sha256"] = hash,
                ["definitions"] = files.Count - examples,
                ["examples"] = examples,
            }
        );
        run.Report.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {manifest}, {files.Count - examples} definitions, {examples} examples, {package.Length} bytes, SHA-256 {hash}"
            )
        );
    }
}
