using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Searching;

/// <summary>How each kind of search parameter becomes conditions over tokens. Every method answers null, or why not.</summary>
internal sealed class SearchConditions(
    string name,
    SearchParameter parameter,
    OdsCode? authority,
    List<Condition> conditions
)
{
    private const int MostValues = 50;

    /// <summary>No resource has this token: what cannot be found is an empty result.</summary>
    private const string Nothing = "-";

    public Refusal? Text(string value)
    {
        if (Only(value) is not { } text)
            return OneValue();
        conditions.Add(new Condition.TokenPrefix(SearchTokens.Text(parameter.Token, text)));
        return null;
    }

    public Refusal? Date(string value)
    {
        if (Only(value) is not { } text)
            return OneValue();
        if (SearchDate.Parse(text) is not { } date)
            return Refuse($"Expected is {SearchDate.Form}.");
        var (start, end) = parameter.IsPeriod
            ? ($"{parameter.Token}:start", $"{parameter.Token}:end")
            : (parameter.Token, parameter.Token);
        var (before, after) = (date.First.AddDays(-1), date.Last.AddDays(1));
        switch (date.Prefix)
        {
            case "ge":
                From(end, date.First);
                break;
            case "gt":
                From(end, after);
                break;
            case "le":
                To(start, date.Last);
                break;
            case "lt":
                To(start, before);
                break;
            case "sa":
                From(start, after);
                break;
            case "eb":
                To(end, before);
                break;
            default:
                Between(start, date.First, parameter.IsPeriod ? SearchTokens.Open : date.Last);
                if (parameter.IsPeriod)
                    To(end, date.Last);
                break;
        }

        return null;
    }

    public Refusal? Coded(string value)
    {
        var tokens = new List<string>();
        foreach (var one in SearchValue.Split(value, ','))
            if (SearchValue.Token(one) is not var (system, code))
                return TokenForm();
            else if (system is null && code.Length == 0)
                return Refuse("A value is empty.", SpineCodes.MissingValue);
            else if (system is not null && system != parameter.System)
                tokens.Add(Nothing);
            else if (code.Length > 0)
                tokens.Add(SearchTokens.Exact(parameter.Token, code));
            else
                return null; // system| alone: every resource has a code of that system.
        return Any(tokens);
    }

    public Refusal? Identifier(string value)
    {
        var values = SearchValue.Split(value, ',');
        var tokens = new List<string>();
        foreach (var one in values)
        {
            if (SearchValue.Token(one) is not var (system, code))
                return TokenForm();
            if (OtherAuthority(system) is { } forbidden)
                return forbidden;
            if (string.IsNullOrEmpty(system) && code.Length == 0)
                return Refuse("A value is empty.", SpineCodes.MissingValue);
            if (code.Length == 0)
            {
                if (values.Count > 1)
                    return Refuse("'system|' stands alone.");
                conditions.Add(new Condition.TokenPrefix(SearchTokens.Identifier(parameter.Token, system!, "")));
                return null;
            }

            if (system is null && authority is null && parameter.Type != RecordType.Organization)
                return Refuse("The system is needed: system|value.");
            if (system is null)
                tokens.AddRange(Systems().Select(s => SearchTokens.Identifier(parameter.Token, s, code)));
            else
                tokens.Add(SearchTokens.Identifier(parameter.Token, system, code));
        }

        return Any(tokens);
    }

    public Refusal? Reference(string value)
    {
        var tokens = new List<string>();
        foreach (var one in SearchValue.Split(value, ','))
        {
            var reference = SearchValue.Unescape(one);
            if (reference.Length == 0)
                return Refuse("A value is empty.", SpineCodes.MissingValue);
            tokens.Add(
                SearchTokens.Exact(
                    parameter.Token,
                    reference.Contains('/', StringComparison.Ordinal) ? reference : $"{parameter.Target}/{reference}"
                )
            );
        }

        return Any(tokens);
    }

    public Refusal? ReferenceByIdentifier(string value)
    {
        var tokens = new List<string>();
        foreach (var one in SearchValue.Split(value, ','))
        {
            if (SearchValue.Token(one) is not var (system, code) || code.Length == 0)
                return TokenForm();
            if (system is not null && system != parameter.System)
                return Refuse($"The system must be {parameter.System}.");
            if (parameter.Target == "Patient")
            {
                if (!NhsNumber.TryParse(code, out var child))
                    return Refuse("Invalid NHS number: ten digits with a right modulus-11 check digit.");
                tokens.Add(SearchTokens.Exact($"{parameter.Token}:identifier", child.Digits));
            }
            else if (authority is not { } own)
                return Refuse("Search by the reference (Organization/id) instead.");
            else if (code != own.Value)
                return Refusal.Forbidden(
                    $"{name}: this names another authority; an authority sees only its own records."
                );
            else
                return null; // The caller's own: true of every record that it sees.
        }

        return Any(tokens);
    }

    private IEnumerable<string> Systems() =>
        parameter.Type switch
        {
            RecordType.Organization => [FhirSystems.OdsOrganisation],
            RecordType.Patient => [FhirSystems.NhsNumber, FhirSystems.LocalPersonId(authority!.Value)],
            _ => [FhirSystems.PlanId(authority!.Value)],
        };

    /// <summary>A request that itself names another authority is 403, whether or not anything would be found.</summary>
    private Refusal? OtherAuthority(string? system)
    {
        if (authority is not { } own || system is null)
            return null;
        foreach (
            var (family, mine) in new[]
            {
                (FhirSystems.Own + "/Id/plan/", FhirSystems.PlanId(own)),
                (FhirSystems.Own + "/Id/local-person/", FhirSystems.LocalPersonId(own)),
            }
        )
            if (system.StartsWith(family, StringComparison.Ordinal) && system != mine)
                return Refusal.Forbidden(
                    $"{name}: this names another authority; an authority sees only its own records."
                );
        return null;
    }

    private Refusal? Any(List<string> tokens)
    {
        if (tokens.Count > MostValues)
            return Refuse($"At most {MostValues} values are taken.", SpineCodes.TooManyValues);
        conditions.Add(new Condition.AnyToken(tokens));
        return null;
    }

    private static string? Only(string value) =>
        SearchValue.Split(value, ',') is [var only] ? SearchValue.Unescape(only) : null;

    private void From(string token, DateOnly day) => Between(token, day, SearchTokens.Open);

    private void To(string token, DateOnly day) => Between(token, DateOnly.MinValue, day);

    private void Between(string token, DateOnly from, DateOnly to) =>
        conditions.Add(new Condition.TokenRange(SearchTokens.Day(token, from), SearchTokens.Day(token, to)));

    private Refusal OneValue() => Refuse("One value is taken; repeat the parameter to narrow the search.");

    private Refusal TokenForm() => Refuse("Expected is value, or system|value.");

    private Refusal Refuse(string diagnostics, string spine = SpineCodes.InvalidSearchData) =>
        SearchQueryParser.Refuse(name, diagnostics, spine);
}
