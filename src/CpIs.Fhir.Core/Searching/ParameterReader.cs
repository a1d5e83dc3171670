namespace CpIs.Fhir.Core.Searching;

/// <summary>
/// The one reader of parameters: of searches, look-ups, operations and reads. Whatever its table does not have is a 400
/// that names the parameter; nothing is ever ignored (promise 6).
/// </summary>
public static class ParameterReader
{
    private const int MostParameters = 32;
    private const int LongestShown = 64;

    /// <summary>Reads the parameters of a request.</summary>
    /// <param name="table">What it takes.</param>
    /// <param name="sent">Every parameter in order, decoded.</param>
    public static Result<AskedParameters> Read(ParameterTable table, IReadOnlyList<KeyValuePair<string, string>> sent)
    {
        if (sent.Count > MostParameters)
            return Refusal.Malformed(
                $"Found {sent.Count} parameters; at most {MostParameters} are allowed.",
                null,
                SpineCodes.TooManyValues
            );
        var all = new List<AskedParameter>(sent.Count);
        foreach (var (name, text) in sent)
        {
            if (Read(table, name, text).IsRefused(out var refusal, out var asked))
                return refusal;
            if (asked.Row.IsOnce && all.Exists(earlier => earlier.Row == asked.Row))
                return asked.Refuse("Sent more than once. Send it once.", SpineCodes.TooManyValues);
            all.Add(asked);
        }

        return all.Find(one => one.Row.Name == "_elements") is { } elements && all.Exists(IsSummary)
            ? elements.Refuse("Each says which part of a resource is wanted. Send _elements or _summary.")
            : new AskedParameters(all);

        static bool IsSummary(AskedParameter asked) => asked is { Row.Name: "_summary", Value.Text: not "false" };
    }

    internal static Refusal Refuse(string name, string sentence, string spine = SpineCodes.InvalidSearchData) =>
        Refusal.Malformed($"{Shown(name)}: {sentence}", Shown(name), spine);

    private static Result<AskedParameter> Read(ParameterTable table, string name, string text)
    {
        // A chain, patient.identifier, asks the same as the modifier, patient:identifier.
        var cut = table.Find(name) is null ? name.IndexOfAny([':', '.']) : -1;
        var modifier = cut < 0 ? null : name[(cut + 1)..];
        if (table.Find(cut < 0 ? name : name[..cut]) is not { } row)
            return Refusal.Malformed(
                $"'{Shown(name)}' is not a supported {table.Use}. Supported: {string.Join(", ", table.Names)}.",
                Shown(name),
                SpineCodes.InvalidSearchData
            );
        if (row.Never is { } reason)
            return Refuse(name, reason);
        if (modifier is null ? row.NeedsModifier : !row.Modifiers.Contains(modifier))
            return Refuse(
                name,
                row.Modifiers.Count == 0
                    ? $"'{row.Name}' does not take a modifier. Leave it out."
                    : $"Send {string.Join(" or ", row.Modifiers.Select(known => $"{row.Name}:{known}"))}{(row.NeedsModifier ? "" : $", or {row.Name}")}."
            );
        if (string.IsNullOrWhiteSpace(text))
            return Refuse(name, "The value is missing.", SpineCodes.MissingValue);
        var parts = SearchValue.Split(text, ',');
        if (parts.Count > row.MostValues)
            return row.MostValues == 1
                ? Refuse(name, "Only one value is allowed. Write a comma in a value as \\,.")
                : Refuse(
                    name,
                    $"Found {parts.Count} values; at most {row.MostValues} are allowed.",
                    SpineCodes.TooManyValues
                );
        var values = new List<AskedValue>(parts.Count);
        foreach (var part in parts)
        {
            if (Value(row, name, modifier, part).IsRefused(out var refusal, out var value))
                return refusal;
            if (row.Allowed.Count > 0 && !row.Allowed.Contains(value.Text))
                return Refuse(name, $"The value must be one of: {string.Join(", ", row.Allowed)}.");
            values.Add(value);
        }

        return new AskedParameter(row, name, modifier, values);
    }

    private static Result<AskedValue> Value(Parameter row, string name, string? modifier, string part)
    {
        var text = SearchValue.Unescape(part);
        if (text.Length == 0)
            return Refuse(name, "A value between commas is empty.", SpineCodes.MissingValue);
        switch (row.Kind)
        {
            case ParameterKind.Token:
            case ParameterKind.Reference when modifier == "identifier":
                if (SearchValue.Token(part) is not var (system, code))
                    return Refuse(name, "The value must be a code, or system|code.");
                if (system is not null && !row.HasSystem)
                    return Refuse(name, "The value must be a code without a system.");
                return string.IsNullOrEmpty(system) && code.Length == 0
                    ? Refuse(name, "The value is missing.", SpineCodes.MissingValue)
                    : new AskedValue(code, system);
            case ParameterKind.Date:
                return SearchDate.Parse(text) is { } date
                    ? new AskedValue(text, Date: date)
                    : Refuse(name, $"The value must be {SearchDate.Form}.");
            case ParameterKind.Include:
                return new AskedValue(IncludedReference.Parse(text)?.ToString() ?? text);
            case ParameterKind.Number when !text.All(char.IsAsciiDigit):
                return Refuse(name, "The value must be a whole number from 0.");
            case ParameterKind.Format when AnswerFormats.Parse(text) is null:
                return Refusal.Because(
                    RefusalKind.NotAcceptable,
                    new Issue(
                        "not-supported",
                        $"{Shown(name)}: Answers are JSON or XML. The value must be one of: {string.Join(", ", AnswerFormats.Names)}.",
                        Shown(name),
                        SpineCodes.UnsupportedValue
                    )
                );
            default:
                return new AskedValue(text);
        }
    }

    private static string Shown(string name) => name.Length <= LongestShown ? name : name[..LongestShown] + "...";
}
