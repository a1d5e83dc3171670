using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// The rules about one value that Core knows better than FHIRPath: the check digit of an NHS number, an authority's own ids, London days.
/// The validator asks them by the id of the invariant; its FHIRPath is for other validators.
/// </summary>
public static class ValueRules
{
    /// <summary>The rule of that id; null where there is none. It gives the sentence that says what is wrong, or null where nothing is.</summary>
    public static Func<ISentElement, string?>? Find(string id) =>
        id switch
        {
            "cpis-nhs-number" => element => element.Value is { } value ? NhsNumberFault(value) : null,
            "cpis-own-id" => element => element.Value is { } value ? OwnIdFault(value) : null,
            "cpis-period-day" => element => element.Value is { } value ? DayFault(value) : null,
            "cpis-period-order" => PeriodFault,
            _ => null,
        };

    /// <summary>The ids of the rules that are judged here.</summary>
    public static IReadOnlyList<string> Ids { get; } =
    ["cpis-nhs-number", "cpis-own-id", "cpis-period-day", "cpis-period-order"];

    /// <summary>What is wrong with an NHS number, without repeating it; null when nothing is.</summary>
    public static string? NhsNumberFault(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (NhsNumber.TryParse(value, out _))
            return null;
        const string rule = "An NHS number is ten digits without spaces.";
        foreach (var c in value)
            if (Blank(c) is { } blank)
                return $"{rule} Sent: one with {blank}. Take it out.";
        return value.Length == 10 && value.All(char.IsAsciiDigit)
            ? $"{rule} The last digit of the number sent does not fit the others. Check it against the person's record."
            : $"{rule} Sent: {value.Length} characters, of which {value.Count(char.IsAsciiDigit)} are digits. Check it against the person's record.";
    }

    /// <summary>What is wrong with an authority's own id; null when nothing is.</summary>
    public static string? OwnIdFault(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        const string rule = "An authority's own id is 1 to 64 letters, digits or . _ : / -";
        if (value.Length is 0 or > 64)
            return $"{rule}. Sent: {value.Length} characters.";
        foreach (var rune in value.EnumerateRunes())
            if (
                !rune.IsAscii
                || !(
                    char.IsAsciiLetterOrDigit((char)rune.Value)
                    || "._:/-".Contains((char)rune.Value, StringComparison.Ordinal)
                )
            )
                return $"{rule}. Not allowed: {Named(rune)}.";
        return null;
    }

    private static string Named(System.Text.Rune rune) =>
        rune.IsBmp && Blank((char)rune.Value) is { } blank ? blank
        : rune.Value == ',' ? "a comma (,)"
        : rune.IsAscii && rune.Value > ' ' && rune.Value != 0x7F ? $"the character {rune}"
        : $"the character U+{rune.Value:X4}";

    private static string? Blank(char c) =>
        c switch
        {
            ' ' => "a space",
            '\u00A0' => "a no-break space (U+00A0)",
            '\n' => "a line feed",
            '\r' => "a carriage return",
            '\t' => "a tab",
            _ when char.IsWhiteSpace(c) => $"a blank (U+{(int)c:X4})",
            _ => null,
        };

    private static string? DayFault(string value) =>
        PlanDay.Parse(value) is null
            ? $"A plan must start and end on a day between 1900 and 2199, written as YYYY-MM-DD. Sent: {Shown.Value(value)}."
            : null;

    private static string? PeriodFault(ISentElement period) =>
        period.Text("start") is { } start
        && period.Text("end") is { } end
        && PlanDay.Parse(start) is { } first
        && PlanDay.Parse(end) is { } last
        && last.Day < first.Day
            ? $"A plan must end on or after the day on which it starts. Sent: start {first.Day:yyyy-MM-dd}, end {last.Day:yyyy-MM-dd}."
            : null;
}
