using System.Text.Json;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>The words that people write for plan types, for where a plan stands, and for yes and no.</summary>
internal static class CsvWords
{
    private static readonly (string Word, PlanStatus Value)[] Statuses =
    [
        ("active", PlanStatus.Active),
        ("open", PlanStatus.Active),
        ("finished", PlanStatus.Finished),
        ("ended", PlanStatus.Finished),
        ("closed", PlanStatus.Finished),
        ("withdrawn", PlanStatus.Withdrawn),
        ("entered in error", PlanStatus.Withdrawn),
    ];

    private static readonly (string Word, bool Value)[] Answers =
    [
        ("yes", true),
        ("y", true),
        ("true", true),
        ("1", true),
        ("no", false),
        ("n", false),
        ("false", false),
        ("0", false),
    ];

    /// <summary>A word as it is compared: its letters and digits alone, whatever their case.</summary>
    public static string Key(string text) =>
        string.Concat(text.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));

    /// <summary>What people call a type of plan.</summary>
    public static string NameOf(PlanType type) =>
        JsonNamingPolicy.KebabCaseLower.ConvertName(type.Name).Replace('-', ' ');

    /// <summary>The type of plan, or what is wrong.</summary>
    public static PlanType? Type(string text, out string? fault) =>
        One(
            text,
            PlanTypes.All.SelectMany(type =>
                ((string[])[NameOf(type), type.Display, type.Code, .. type.ShortNames]).Select(word => (word, type))
            ),
            PlanTypes.All.Select(NameOf),
            out fault
        );

    /// <summary>Where the plan stands, or what is wrong.</summary>
    public static PlanStatus? Status(string text, out string? fault) =>
        One(
            text,
            Statuses.Select(each => (each.Word, (PlanStatus?)each.Value)),
            ["active", "finished", "withdrawn"],
            out fault
        );

    /// <summary>Yes or no, or what is wrong.</summary>
    public static bool? YesOrNo(string text, out string? fault) =>
        One(text, Answers.Select(each => (each.Word, (bool?)each.Value)), ["yes", "no"], out fault);

    private static T? One<T>(
        string text,
        IEnumerable<(string Word, T Value)> words,
        IEnumerable<string> allowed,
        out string? fault
    )
    {
        var key = Key(text);
        foreach (var (word, value) in words)
            if (Key(word) == key)
            {
                fault = null;
                return value;
            }

        var near = Spelling.Nearest(text, words.Select(each => each.Word).Where(word => !char.IsAsciiDigit(word[0])));
        fault = CsvCells.AsPower(text) is { } power
            ? power
            : $"is not known. Sent: {Shown.Value(text)}.{(near is null ? "" : $" Did you mean {near}?")} Allowed: {string.Join(", ", allowed)}.";
        return default;
    }
}
