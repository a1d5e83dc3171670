using System.CommandLine;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Records;

/// <summary>How many lines of a list: <c>--limit</c> or <c>--all</c>.</summary>
internal sealed class LineLimit
{
    private const int DefaultLimit = 50;
    private readonly Option<int> _limit = new("--limit")
    {
        Description = "Most lines.",
        DefaultValueFactory = _ => DefaultLimit,
        HelpName = "N",
    };
    private readonly Option<bool> _all = new("--all") { Description = "Every line, however many." };

    /// <summary>Adds both to a command.</summary>
    public void AddTo(Command command)
    {
        _limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--limit must be 1 or more.");
        });
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
}
