using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis profiles core</c>.</summary>
internal static class ProfilesCoreCommand
{
    private const string Target = "src/CpIs.Fhir.Conformance/Definitions/Core/hl7.fhir.r4.core.ndjson.br";

    public static Command Create(Tool tool)
    {
        var package = new Argument<string>("PACKAGE")
        {
            Description = "The package hl7.fhir.r4.core 4.0.1: a .tgz, or a folder of the package cache.",
        };
        var output = new Option<string>("--out")
        {
            Description = "File to write. It is replaced.",
            DefaultValueFactory = _ => Target,
            HelpName = "FILE",
        };
        var command = new ToolCommand(
            "core",
            "Make the slim file of FHIR's core definitions, which the validator carries.",
            "cpis profiles core ~/.fhir/packages/hl7.fhir.r4.core#4.0.1"
        )
        {
            Details = """
                Kept are all StructureDefinitions with their snapshots, and the ValueSets and CodeSystems of their bindings (but
                example ones): paths, cardinality, types, slicing, values, bindings, constraints, codes and displays. No prose. The
                same package gives the same bytes.
                """,
            Arguments = { package },
            Options = { output },
        };
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var read = Read(run.Get(package));
                using var slim = new MemoryStream();
                var count = CoreDefinitionsWriter.Write(slim, read.Resources.Select(resource => resource.Json));
                var path = run.Get(output)!;
                await File.WriteAllBytesAsync(path, slim.ToArray(), cancellation);
                run.Report.Line(
                    string.Create(CultureInfo.InvariantCulture, $"{path}: {count} definitions in {slim.Length} bytes.")
                );
                run.Report.Object(
                    new JsonObject
                    {
                        ["file"] = path,
                        ["package"] = read.Manifest.ToString(),
                        ["definitions"] = count,
                        ["bytes"] = slim.Length,
                    }
                );
                return ExitCode.Done;
            }
        );
    }

    private static FhirPackage Read(string path)
    {
        if (FhirPackage.Read(path).IsRefused(out var refusal, out var package))
            throw new CannotRunException(refusal.Issues[0].Diagnostics);
        return package.Manifest.ToString() == CoreDefinitions.Package
            ? package
            : throw new CannotRunException($"{path} is {package.Manifest}; {CoreDefinitions.Package} is wanted.");
    }
}
