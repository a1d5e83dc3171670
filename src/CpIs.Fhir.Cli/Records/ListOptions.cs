using System.CommandLine;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Records;

/// <summary>What every list of records takes: one child, and how many lines.</summary>
internal sealed class ListOptions
{
    private readonly Option<string?> _number = TypedNhsNumber.Option();
    private readonly LineLimit _limit = new();

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_number);
        _limit.AddTo(command);
    }

    /// <summary>Most lines that are wanted.</summary>
    public int Most(Run run) => _limit.Most(run);

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
