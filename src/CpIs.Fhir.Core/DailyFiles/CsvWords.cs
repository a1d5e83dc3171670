using System.Text.Json;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>The words that people write for plan types, for where a plan stands, and for yes and no.</summary>
internal static class CsvWords
{
    private static readonly Words<PlanStatus?> Statuses = new(
        ["active", "finished", "withdrawn"],
        [
            ("active", PlanStatus.Active),
            ("open", PlanStatus.Active),
            ("finished", PlanStatus.Finished),
            ("ended", PlanStatus.Finished),
            ("closed", PlanStatus.Finished),
            ("withdrawn", PlanStatus.Withdrawn),
            ("entered in error", PlanStatus.Withdrawn),
        ]
    );

    private static readonly Words<bool?> Answers = new(
        ["yes", "no"],
        [
            ("yes", true),
            ("y", true),
            ("true", true),
            ("1", true),
            ("no", false),
            ("n", false),
            ("false", false),
            ("0", false),
        ]
    );

    private static volatile TypeWords? s_types;

    /// <summary>A word as it is compared: its letters and digits alone, whatever their case.</summary>
    public static string Key(string text) =>
        text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            ? text
            : string.Concat(text.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));

    /// <summary>What people call a type of plan.</summary>
    public static string NameOf(PlanType type) =>
        JsonNamingPolicy.KebabCaseLower.ConvertName(type.Name).Replace('-', ' ');

    /// <summary>The type of plan, or what is wrong.</summary>
    public static PlanType? Type(string text, out string? fault)
    {
        var types = s_types;
        if (types is null || types.Of != PlanTypes.All)
            s_types = types = new TypeWords(PlanTypes.All);
        return types.Words.Find(text, out fault);
    }

    /// <summary>Where the plan stands, or what is wrong.</summary>
    public static PlanStatus? Status(string text, out string? fault) => Statuses.Find(text, out fault);

    /// <summary>Yes or no, or what is wrong.</summary>
    public static bool? YesOrNo(string text, out string? fault) => Answers.Find(text, out fault);

    /// <summary>The words of the rows that the table of plan types has.</summary>
    private sealed record TypeWords(IReadOnlyList<PlanType> Of)
    {
        public Words<PlanType> Words { get; } =
            new(
                [.. Of.Select(NameOf)],
                [
                    .. Of.SelectMany(type =>
                        ((string[])[NameOf(type), type.Display, type.Code, .. type.ShortNames]).Select(word =>
                            (word, type)
                        )
                    ),
                ]
            );
    }

    /// <summary>A list of words, each with what it means.</summary>
    private sealed class Words<T>(IReadOnlyList<string> allowed, IReadOnlyList<(string Word, T Value)> words)
    {
        private readonly Dictionary<string, T> _byKey = words.ToDictionary(each => Key(each.Word), each => each.Value);

        public T? Find(string text, out string? fault)
        {
            fault = null;
            if (_byKey.TryGetValue(Key(text), out var value))
                return value;
            fault = CsvCells.AsPower(text);
            if (fault is not null)
                return default;
            var near = Spelling.Nearest(
                text,
                words.Select(each => each.Word).Where(word => !char.IsAsciiDigit(word[0]))
            );
            fault =
                $"is not known. Sent: {Shown.Value(text)}.{(near is null ? "" : $" Did you mean {near}?")} Allowed: {string.Join(", ", allowed)}.";
            return default;
        }
    }
}
