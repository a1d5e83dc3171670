using System.CommandLine;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Records;

/// <summary>What every list takes: one child, and how many lines.</summary>
internal sealed class ListOptions
{
    private const int DefaultLimit = 50;
    private readonly Option<string?> _number = TypedNhsNumber.Option();
    private readonly Option<int> _limit = new("--limit")
    {
        Description = "Most lines.",
        DefaultValueFactory = _ => DefaultLimit,
        HelpName = "N",
    };
    private readonly Option<bool> _all = new("--all") { Description = "Every line, however many." };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        _limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--limit must be 1 or more.");
        });
        command.Add(_number);
        command.Add(_limit);
        command.Add(_all);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_all) && result.GetResult(_limit) is { Implicit: false })
                result.AddError("Give --limit or --all, not both.");
        });
    }

    /// <summary>Most lines that are wanted.</summary>
    public int Most(Run run) => run.Get(_all) ? int.MaxValue : run.Get(_limit);

    /// <summary>The search parameter for the child; none where all children are wanted.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The parameter, with its modifier.</param>
    /// <param name="cancellation">Cancels the wait for standard input.</param>
    public async Task<IReadOnlyList<(string Name, string Value)>> ChildAsync(
        Run run,
        string name,
        CancellationToken cancellation
    ) =>
        run.Get(_number) is { } text
            ? [(name, $"{FhirSystems.NhsNumber}|{(await TypedNhsNumber.ReadAsync(run, text, cancellation)).Digits}")]
            : [];
}
