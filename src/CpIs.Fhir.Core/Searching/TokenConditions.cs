using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Searching;

/// <summary>How one search parameter becomes conditions over stored tokens, which all must hold.</summary>
internal sealed class TokenConditions(RecordType type, AskedParameter asked, OdsCode? authority)
{
    /// <summary>No resource has this token: what cannot be found is an empty result.</summary>
    private const string Nothing = "-";

    private readonly Parameter _row = asked.Row;

    public Result<Condition[]> Read() =>
        _row.Kind switch
        {
            _ when _row.Always is { } always => Constant(always),
            _ when _row.Choices is { Count: > 0 } choices => Choice(choices),
            ParameterKind.Text => Text(asked.Value.Text),
            ParameterKind.Date => Date(asked.Value.Date!),
            ParameterKind.Uri => Any(asked.Values.Select(value => SearchTokens.Exact(_row.Token, value.Text))),
            ParameterKind.Reference when asked.Modifier is null => Any(asked.Values.Select(Reference)),
            ParameterKind.Reference => ReferenceByIdentifier(),
            _ when _row.System is null => Identifier(),
            _ => Coded(),
        };

    private Condition[] Text(string text)
    {
        var forms = SearchTokens.TextForms(_row.Token, text).Select(form => new Condition.TokenPrefix(form)).ToArray();
        return forms.Length == 1 ? [forms[0]] : [new Condition.AnyOf(forms)];
    }

    /// <summary>Which of the choices begin so; the first is that of a resource without a token of any other.</summary>
    private Condition[] Choice(IReadOnlyList<string> choices)
    {
        var wanted = choices.ToLookup(choice =>
            SearchTokens.Fold(choice).StartsWith(SearchTokens.Fold(asked.Value.Text), StringComparison.Ordinal)
        );
        if (!wanted[false].Any())
            return [];
        if (!wanted[true].Any())
            return Any([Nothing]);
        return wanted[true].Contains(choices[0])
            ? [new Condition.Without([.. wanted[false].Select(Token)])]
            : Any(wanted[true].Select(Token));

        string Token(string choice) => SearchTokens.Exact(_row.Token, choice);
    }

    private Condition[] Constant(string always) =>
        asked.Values.Any(value =>
            _row.Kind == ParameterKind.Text
                ? SearchTokens.Fold(always).StartsWith(SearchTokens.Fold(value.Text), StringComparison.Ordinal)
                // A plus that is not escaped in a URL arrives as a blank.
                : IsOfSystem(value) && (value.Text.Length == 0 || value.Text.Replace(' ', '+') == always)
        )
            ? []
            : Any([Nothing]);

    /// <summary>R4's comparison of the value's range with the days that a resource covers, first and last included.</summary>
    private Condition[] Date(SearchDate date)
    {
        var (start, end) = _row.IsPeriod ? ($"{_row.Token}:start", $"{_row.Token}:end") : (_row.Token, _row.Token);
        var (first, beyond) = (date.FirstWholeDay, date.DayBeyond);
        return date.Prefix switch
        {
            "ne" => [new Condition.AnyOf([To(start, first.AddDays(-1)), From(end, beyond)])],
            "gt" => [From(end, beyond)],
            "lt" => [To(start, first.AddDays(-1))],
            // Also what only overlaps the value, as a plan that starts on the very day of le: so other servers read R4 too.
            "ge" => [From(end, date.FirstDay)],
            "le" => [To(start, date.LastDay)],
            "sa" => [From(start, date.WholeDayBeyond)],
            "eb" => [To(end, date.FirstDay.AddDays(-1))],
            "ap" => [To(start, date.LastDay), From(end, date.FirstDay)],
            _ when _row.IsPeriod => [Between(start, first, SearchTokens.Open), To(end, beyond.AddDays(-1))],
            _ => [Between(start, first, beyond.AddDays(-1))],
        };
    }

    private Condition[] Coded()
    {
        if (asked.Values.Any(value => value.Text.Length == 0 && value.System == _row.System))
            return []; // system| alone: every resource has a code of that system.
        return Any(
            asked.Values.Select(value => IsOfSystem(value) ? SearchTokens.Exact(_row.Token, value.Text) : Nothing)
        );
    }

    private bool IsOfSystem(AskedValue value) => value.System is null || value.System == _row.System;

    private Result<Condition[]> Identifier()
    {
        var tokens = new List<string>();
        foreach (var (code, system, _) in asked.Values)
        {
            if (OtherAuthority(system))
                return OtherAuthority();
            if (code.Length == 0)
                return asked.Values.Count > 1
                    ? asked.Refuse("'system|' must be the only value.")
                    : (Condition[])[new Condition.TokenPrefix(SearchTokens.Identifier(_row.Token, system!, ""))];
            if (system is not null)
                tokens.Add(SearchTokens.Identifier(_row.Token, system, code));
            else if (authority is null && type != RecordType.Organization)
                return asked.Refuse("The system is missing: send system|value.");
            else
                tokens.AddRange(Systems().Select(known => SearchTokens.Identifier(_row.Token, known, code)));
        }

        return Any(tokens);
    }

    private string Reference(AskedValue value) =>
        SearchTokens.Exact(
            _row.Token,
            value.Text.Contains('/', StringComparison.Ordinal) ? value.Text : $"{_row.Target}/{value.Text}"
        );

    private Result<Condition[]> ReferenceByIdentifier()
    {
        var tokens = new List<string>();
        foreach (var (code, system, _) in asked.Values)
        {
            if (system is not null && system != _row.System)
                return asked.Refuse($"The system must be {_row.System}.");
            if (_row.Target == "Patient")
            {
                if (!NhsNumber.TryParse(code, out var child))
                    return asked.Refuse(
                        "Not a valid NHS number. An NHS number is ten digits without spaces; the last is a check digit."
                    );
                tokens.Add(SearchTokens.Exact($"{_row.Token}:identifier", child.Digits));
            }
            else if (authority is not { } own)
                return asked.Refuse("Search by the reference (Organization/id) instead.");
            else if (code != own.Value)
                return OtherAuthority();
            else
                return Array.Empty<Condition>(); // The caller's own: true of every record that it sees.
        }

        return Any(tokens);
    }

    private string[] Systems() =>
        type switch
        {
            RecordType.Organization => [FhirSystems.OdsOrganisation],
            RecordType.Patient => [FhirSystems.NhsNumber, FhirSystems.LocalPersonId(authority!.Value)],
            _ => [FhirSystems.PlanId(authority!.Value)],
        };

    /// <summary>A request that itself names another authority is 403, whether or not anything would be found.</summary>
    private bool OtherAuthority(string? system) =>
        authority is { } own
        && system is not null
        && new[]
        {
            (Family: FhirSystems.PlanIds, Mine: FhirSystems.PlanId(own)),
            (Family: FhirSystems.LocalPersonIds, Mine: FhirSystems.LocalPersonId(own)),
        }.Any(id => system.StartsWith(id.Family, StringComparison.Ordinal) && system != id.Mine);

    private Refusal OtherAuthority() =>
        Refusal.Forbidden(
            $"{asked.Name}: this names another authority. An authority sees only its own records.",
            asked.Name
        );

    private static Condition[] Any(IEnumerable<string> tokens) => [new Condition.AnyToken([.. tokens])];

    private static Condition.TokenRange From(string token, DateOnly day) => Between(token, day, SearchTokens.Open);

    private static Condition.TokenRange To(string token, DateOnly day) => Between(token, DateOnly.MinValue, day);

    private static Condition.TokenRange Between(string token, DateOnly from, DateOnly to) =>
        new(SearchTokens.Day(token, from), SearchTokens.Day(token, to));
}
