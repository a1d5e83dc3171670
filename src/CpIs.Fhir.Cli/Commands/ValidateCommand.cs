using System.CommandLine;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Cli.Validation;
using CpIs.Fhir.Conformance.Packages;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Cli.Commands;

internal sealed class ValidateCommand
{
    private static readonly string[] Severities = ["information", "warning", "error"];

    private readonly Argument<string[]> _names = new("FILE")
    {
        Description =
            "Resources in JSON or XML: files, folders (*.json, *.xml, *.ndjson in them and below), NDJSON (*.ndjson), or - for standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _profiles = new("--profile")
    {
        Description =
            "Canonical that each resource must meet, or the name of one of our profiles (CPIS-Flag). Can be repeated.",
        HelpName = "URL",
    };

    private readonly Option<string[]> _packages = new("--package")
    {
        Description =
            "FHIR package with further profiles: a .tgz, or a folder of the package cache. What it needs is looked for next to it and in ~/.fhir/packages. Can be repeated.",
        HelpName = "P",
    };

    private readonly Option<bool> _sarif = new("--sarif") { Description = "Write SARIF 2.1.0 to standard output." };

    private readonly Option<bool> _junit = new("--junit") { Description = "Write JUnit XML to standard output." };

    private readonly Option<string> _least = new("--min-severity")
    {
        Description = "Leave out what is less severe: information (default), warning or error.",
        DefaultValueFactory = _ => "information",
        HelpName = "SEVERITY",
    };

    private readonly Option<bool> _noClaims = new("--no-claims")
    {
        Description = "Ignore the profiles that resources claim themselves (meta.profile).",
    };

    private readonly Option<bool> _advice = new("--advice")
    {
        Description = "List advice too, such as dom-6: a resource should have narrative.",
    };

    private readonly Option<int> _most = new("--max-issues")
    {
        Description = "Most problems listed for one resource; the rest are counted. Default 200.",
        DefaultValueFactory = _ => ValidatorOptions.Default.MaximumIssues,
        HelpName = "N",
    };

    public static Command Create(Tool tool) => new ValidateCommand().Make(tool);

    private ToolCommand Make(Tool tool)
    {
        _least.AcceptOnlyFromAmong(Severities);
        _most.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100_000)
                result.AddError("--max-issues must be 1 to 100000.");
        });
        var command = new ToolCommand(
            "validate",
            "Validate resources against FHIR R4, the profiles of this exchange, and any FHIR package.",
            "cpis validate examples/resources",
            "cpis validate upload.json --profile CPIS-Upload",
            "cpis validate extract.ndjson --json > verdicts.ndjson",
            "cpis validate patient.xml --package ~/.fhir/packages/fhir.r4.ukcore.stu2#2.0.1"
        )
        {
            Details = """
                Nothing is sent anywhere: the validator is in this tool. Each resource is checked against the profiles named with
                --profile and those that it claims; if there are none, against its R4 type. --json writes one line for each input:
                {"file":..,"valid":..,"outcome":OperationOutcome}.

                Exit codes: 0 no error, 1 errors, 2 could not run.
                """,
            Arguments = { _names },
            Options = { _profiles, _packages, _sarif, _junit, _least, _noClaims, _advice, _most },
        };
        command.Validators.Add(result =>
        {
            bool[] forms = [result.GetValue(_sarif), result.GetValue(_junit), result.GetValue(tool.Json)];
            if (forms.Count(wanted => wanted) > 1)
                result.AddError("Choose one of --json, --sarif and --junit.");
        });
        tool.Runs(command, ValidateAsync);
        return command;
    }

    private async Task<int> ValidateAsync(Run run, CancellationToken cancellation)
    {
        var inputs = ValidationInputs.Of(run.Get(_names), run.Surroundings.In);
        var set = Load(run, cancellation);
        var profiles = (run.Get(_profiles) ?? []).Select(named => Canonical(set, named)).ToList();
        var options = new ValidatorOptions
        {
            MaximumIssues = run.Get(_most),
            UseClaimedProfiles = !run.Get(_noClaims),
            ShowAdvice = run.Get(_advice),
        };
        var least = (ValidationSeverity)Array.IndexOf(Severities, run.Get(_least));
        var (printer, counts) = (PrinterOf(run), new ValidationCounts());
        var bar = new ValidationBar(run.Surroundings, inputs.TotalBytes);
        using var work = new ValidationRun(input => Verdict.On(input, set.Validator, profiles, options, least));
        await work.RunAsync(
            inputs.ReadAsync(cancellation),
            verdict =>
            {
                counts.Add(verdict.Result);
                bar.Wipe();
                printer.Print(verdict);
                bar.Advance(verdict.Input.Text.Length, counts);
                return Task.CompletedTask;
            },
            cancellation
        );
        bar.Wipe();
        printer.End(counts);
        (printer as IDisposable)?.Dispose();
        foreach (var why in inputs.Unreadable)
            run.Report.Note($"cpis: {why}");
        return inputs.Unreadable.Count > 0 ? ExitCode.CouldNotRun
            : counts.Invalid > 0 ? ExitCode.Refused
            : ExitCode.Done;
    }

    private ConformanceSet Load(Run run, CancellationToken cancellation)
    {
        if (run.Get(_packages) is not { Length: > 0 } paths)
            return ConformanceSet.CoreAndOurs();
        var packages = new PackageResolver().Resolve(paths, cancellation);
        if (packages.Problems.Count > 0)
            throw new CannotRunException(string.Join(" ", packages.Problems));
        foreach (var missing in packages.Missing)
            run.Report.Note($"cpis: {missing}. What depends on it cannot be checked in full.");
        return ConformanceSet.With(packages.Layer());
    }

    private static string Canonical(ConformanceSet set, string named)
    {
        if (set.Canonical(named) is { } canonical)
            return canonical;
        if (set.Definitions.ProblemOf(named) is { } problem)
            throw new CannotRunException($"--profile {named}: this profile cannot be used. {problem}");
        var near = set.Near(named);
        throw new CannotRunException(
            $"--profile {named}: this profile is not available."
                + (near.Count > 0 ? $" Is it {string.Join(", or ", near)}?" : " Name its package with --package.")
        );
    }

    private IVerdictPrinter PrinterOf(Run run)
    {
        var output = run.Surroundings.Out;
        return run.Report.IsJson ? new JsonLinesPrinter(output)
            : run.Get(_sarif) ? new SarifPrinter(output)
            : run.Get(_junit) ? new JunitPrinter(output)
            : new PeoplePrinter(output, run.Report.Colours);
    }
}
