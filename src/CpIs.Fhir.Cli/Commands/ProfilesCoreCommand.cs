using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Cli.Commands;

internal static class ProfilesCoreCommand
{
    private const string Target = "src/CpIs.Fhir.Conformance/Definitions/Core/hl7.fhir.r4.core.ndjson.br";

    public static Command Create(Tool tool)
    {
        var source = new Argument<string>("SOURCE")
        {
            Description =
                "FHIR's definitions: NuGet package Hl7.Fhir.Specification.Data.R4 (its folder, or specification.zip), or package hl7.fhir.r4.core 4.0.1 (a .tgz, or its folder).",
        };
        var output = new Option<string>("--out")
        {
            Description = "File to write. It is replaced.",
            DefaultValueFactory = _ => Target,
            HelpName = "FILE",
        };
        var package = new Option<string?>("--package")
        {
            Description = "Write package hl7.fhir.r4.core to this .tgz instead. SUSHI needs it.",
            HelpName = "FILE",
        };
        var command = new ToolCommand(
            "core",
            "Make the slim file of FHIR's core definitions, which the validator carries.",
            "cpis profiles core ~/.nuget/packages/hl7.fhir.specification.data.r4/6.8.0",
            "cpis profiles core specification.zip --package hl7.fhir.r4.core.tgz"
        )
        {
            Details = """
                Keeps all StructureDefinitions with their snapshots, and the ValueSets and CodeSystems of their bindings (except
                example ones): paths, cardinality, types, slicing, values, bindings, constraints, codes and displays. No prose. The
                same definitions give the same bytes.
                """,
            Arguments = { source },
            Options = { output, package },
        };
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var read = Read(run.Get(source));
                using var made = new MemoryStream();
                var target = run.Get(package);
                var count = target is null
                    ? CoreDefinitionsWriter.Write(made, read.Resources.Select(resource => resource.Json))
                    : Pack(made, read);
                var path = target ?? run.Get(output)!;
                await File.WriteAllBytesAsync(path, made.ToArray(), cancellation);
                run.Report.Line(
                    string.Create(CultureInfo.InvariantCulture, $"{path}: {count} definitions in {made.Length} bytes.")
                );
                run.Report.Object(
                    new JsonObject
                    {
                        ["file"] = path,
                        ["package"] = read.Manifest.ToString(),
                        ["definitions"] = count,
                        ["bytes"] = made.Length,
                    }
                );
                return ExitCode.Done;
            }
        );
    }

    private static int Pack(Stream output, FhirPackage package)
    {
        PackageWriter.Write(
            output,
            package.Manifest,
            package.Resources.Select(resource => new PackageFile(resource.Path, resource.Json))
        );
        return package.Resources.Count;
    }

    private static FhirPackage Read(string path)
    {
        if (FhirPackage.Read(path).IsRefused(out var refusal, out var package))
            throw new CannotRunException(refusal.Issues[0].Diagnostics);
        return package.Manifest.ToString() == CoreDefinitions.Package
            ? package
            : throw new CannotRunException($"{path} is {package.Manifest}; {CoreDefinitions.Package} is required.");
    }
}
