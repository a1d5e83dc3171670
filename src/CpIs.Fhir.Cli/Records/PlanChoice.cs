using System.CommandLine;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Cli.Records;

/// <summary>How a command names the one plan that it is about: the child, and the plan where that child has several.</summary>
internal sealed class PlanChoice
{
    /// <summary>More than any child has.</summary>
    private const int Most = 100;

    private readonly Argument<string> _number = TypedNhsNumber.Argument();
    private readonly Option<string?> _plan = new("--plan")
    {
        Description = "Your plan id. Needed only where the child has several such plans.",
        HelpName = "ID",
    };
    private readonly Option<string?> _type = PlanTypeNames.Option();

    /// <summary>Adds argument and options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_number);
        command.Add(_plan);
        command.Add(_type);
    }

    /// <summary>Finds it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="searches">Where it is held.</param>
    /// <param name="such">Which statuses it may have: <c>active</c>.</param>
    /// <param name="changed">Which status it may have too where it is named: a repeat of the command changes nothing, or only the day.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="CannotRunException">There is none, or more than one; the message says which.</exception>
    public async Task<HeldPlan> FindAsync(
        Run run,
        Searches searches,
        IReadOnlyList<string> such,
        string changed,
        CancellationToken cancellation
    )
    {
        var child = await TypedNhsNumber.ReadAsync(run, run.Get(_number), cancellation);
        var parameters = new List<(string, string)>
        {
            HeldPlan.WithChildren,
            ("patient:identifier", $"{FhirSystems.NhsNumber}|{child.Digits}"),
        };
        if (run.Get(_plan) is { } id)
            parameters.Add(("identifier", SearchValue.Escape(id)));
        if (run.Get(_type) is { } type)
            parameters.Add(("type", PlanTypeNames.CodeOf(type)));
        var held = new List<HeldPlan>();
        await foreach (var page in searches.PagesAsync("EpisodeOfCare", parameters, Most, cancellation))
            held.AddRange(HeldPlan.Of(page));
        var fitting = held.Where(plan =>
                such.Contains(plan.Status) || (run.Get(_plan) is not null && plan.Status == changed)
            )
            .ToList();
        return fitting switch
        {
            [var one] => one,
            [] when held.Count == 0 => throw new CannotRunException(
                $"you hold no {(parameters.Count > 2 ? "such " : "")}plan under this NHS number. Nothing was changed."
            ),
            [] => throw new CannotRunException(
                $"no plan is {string.Join(" or ", such)}. Held: {List(held)}. Nothing was changed."
            ),
            _ => throw new CannotRunException(
                $"{fitting.Count} plans are {string.Join(" or ", such)}. Say which with --plan: {List(fitting)}. Nothing was changed."
            ),
        };
    }

    private static string List(IEnumerable<HeldPlan> plans) => string.Join("; ", plans.Select(plan => plan.Short));
}
