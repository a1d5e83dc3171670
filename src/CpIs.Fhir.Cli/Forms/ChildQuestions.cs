using System.CommandLine;
using System.Globalization;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Forms;

/// <summary>The fields of <c>cpis child add</c>: each is an option, and is asked for at a terminal where it was not given.</summary>
internal sealed class ChildQuestions
{
    private const string Today = "today";
    private const string DayForm = "a day, such as 2026-11-23";
    private static readonly string TypeForm = $"{PlanTypeNames.Choice} (the first words are enough)";

    private readonly Option<string?> _family = Text("--family", "Family name.", "NAME");
    private readonly Option<string?> _given = Text("--given", "Given names, with blanks between them.", "NAMES");
    private readonly Option<string?> _born = Text(
        "--born",
        "Date of birth; for an unborn plan the mother's.",
        "YYYY-MM-DD"
    );
    private readonly Option<string?> _localId = Text("--local-id", "Your own id of the person, if you have one.", "ID");
    private readonly Option<string?> _plan = Text("--plan", "Your plan id.", "ID");
    private readonly Option<string?> _type = Text(
        "--type",
        "Type of the plan; the first words are enough: looked after.",
        PlanTypeNames.Choice
    );
    private readonly Option<string?> _start = Text("--start", "First day of the plan. [today]", "YYYY-MM-DD|today");
    private readonly Option<string?> _end = Text(
        "--end",
        "Due date of an unborn plan; of the others the last day, where it is known already.",
        "YYYY-MM-DD"
    );
    private readonly Option<bool> _protected = new("--protected")
    {
        Description = "A family in flight: others see only that a protected record is held, and the exchange's phone.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_family, _given, _born, _localId, _plan, _type, _start, _end, _protected])
            command.Add(option);
    }

    /// <summary>Reads the fields, and asks for those that are missing.</summary>
    /// <param name="run">The run.</param>
    /// <param name="number">The child.</param>
    /// <param name="held">The child as it is held: who does not say otherwise means the same; null where it is not held.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="CannotRunException">A field is missing and nobody can be asked, or it is wrong.</exception>
    public async Task<NewChild> ReadAsync(Run run, NhsNumber number, HeldChild? held, CancellationToken cancellation)
    {
        var family = await AskAsync(_family, "Family name", IsText, "a name", held?.Family);
        var names = held is null ? null : string.Join(' ', held.Given);
        var given = await AskAsync(_given, "Given names", IsText, "one name or more", names);
        var born = await AskAsync(_born, "Date of birth", IsDay, DayForm, held?.BirthDate);
        var plan = await AskAsync(_plan, "Your plan id", IsText, "your own id of the plan", null);
        var type = PlanTypeNames.Find(
            await AskAsync(_type, "Type of plan", text => PlanTypeNames.Find(text) is not null, TypeForm, null)
        )!;
        var start = await AskAsync(_start, "First day", IsDay, DayForm, Today);
        var end =
            type.EndIsDueDate || run.Get(_end) is not null
                ? await AskAsync(_end, type.EndIsDueDate ? "Due date" : "Last day", IsDay, DayForm, null)
                : null;
        return new NewChild(
            run.ReadClient().Organisation,
            number,
            family,
            // A given name that is held with a blank in it stays one name.
            given == names
                ? held!.Given
                : given.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            DayOf(born)!.Value,
            run.Get(_localId) ?? (held is { LocalId.Length: > 0 } ? held.LocalId : null),
            plan,
            type,
            DayOf(start)!.Value,
            end is null ? null : DayOf(end),
            run.Get(_protected)
        );

        bool IsDay(string text) => DayOf(text) is not null;

        DateOnly? DayOf(string text) =>
            text == Today ? LondonCalendar.DayOf(run.Surroundings.Time.GetUtcNow())
            : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? day
            : null;

        async Task<string> AskAsync(
            Option<string?> option,
            string question,
            Predicate<string> isOne,
            string form,
            string? usual
        )
        {
            if (run.Get(option)?.Trim() is { } given)
                return isOne(given)
                    ? given
                    : throw new CannotRunException($"{option.Name} must be {form}. Nothing was sent.");
            if (usual is not null && !run.Surroundings.InIsTerminal)
                return usual;
            while (run.Surroundings.InIsTerminal)
            {
                var typed = await run.AskAsync(
                    usual is null ? $"{question}: " : $"{question} [{usual}]: ",
                    cancellation
                );
                if (typed is null)
                    break;
                if (typed.Length == 0 && usual is not null)
                    return usual;
                if (isOne(typed))
                    return typed;
                run.Report.Note($"Type {form}.");
            }

            throw new CannotRunException($"{option.Name} is missing. Give {form}. Nothing was sent.");
        }
    }

    private static bool IsText(string text) => !string.IsNullOrWhiteSpace(text);

    private static Option<string?> Text(string name, string description, string form) =>
        new(name) { Description = description, HelpName = form };
}
