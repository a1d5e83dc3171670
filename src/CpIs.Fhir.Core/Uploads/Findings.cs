namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Everything found wrong with one upload, so that a sender mends it in one go. The gravest kind decides the status of the
/// answer; every problem is listed whatever its kind.
/// </summary>
internal sealed class Findings
{
    /// <summary>Most problems listed; a count of the others follows.</summary>
    private const int MaximumIssues = 200;

    private static readonly RefusalKind[] Gravest =
    [
        RefusalKind.TooLarge,
        RefusalKind.Malformed,
        RefusalKind.Forbidden,
        RefusalKind.NotAllowed,
        RefusalKind.Unknown,
        RefusalKind.PreconditionFailed,
        RefusalKind.Conflict,
        RefusalKind.Rule,
    ];

    private readonly List<Issue> _issues = [];
    private readonly List<(string Path, Issue Issue)> _warnings = [];
    private RefusalKind _kind = RefusalKind.Rule;
    private int _more;

    public int Count => _issues.Count + _more;

    public void Add(RefusalKind kind, Issue issue)
    {
        if (Array.IndexOf(Gravest, kind) < Array.IndexOf(Gravest, _kind))
            _kind = kind;
        if (_issues.Count < MaximumIssues)
            _issues.Add(issue);
        else
            _more++;
    }

    /// <summary>Something that is taken, and that the sender should look at.</summary>
    public void Warn(string path, Issue issue) => _warnings.Add((path, issue));

    /// <summary>The warnings of one resource of the upload.</summary>
    public IEnumerable<Issue> WarningsOf(Place place) =>
        _warnings.Where(warning => warning.Path == place.Path).Select(warning => warning.Issue);

    /// <summary>The refusal, or null when nothing was found that refuses.</summary>
    public Refusal? ToRefusal()
    {
        if (_issues.Count == 0)
            return null;
        if (_more > 0)
            _issues.Add(new Issue("informational", $"{_more} more problems are not listed.", Severity: "information"));
        return new Refusal(_kind, _issues);
    }
}

/// <summary>Where in the Bundle a rule looks, and where it tells what it finds.</summary>
/// <param name="Path">FHIRPath, such as <c>Bundle.entry[3].resource</c>.</param>
/// <param name="Findings">What was found so far.</param>
internal readonly record struct Place(string Path, Findings Findings)
{
    /// <summary>A rule of CP-IS is broken (422).</summary>
    public void Break(string element, string rule, string diagnostics, string spine = SpineCodes.InvalidValue) =>
        Add(RefusalKind.Rule, "business-rule", element, rule, diagnostics, spine);

    /// <summary>Something that must be there is missing (422).</summary>
    public void Miss(string element, string rule, string diagnostics) =>
        Add(RefusalKind.Rule, "required", element, rule, diagnostics, SpineCodes.MissingValue);

    /// <summary>The request itself names another authority (403).</summary>
    public void Forbid(string element, string rule, string diagnostics) =>
        Add(RefusalKind.Forbidden, "forbidden", element, rule, diagnostics, SpineCodes.AccessDenied);

    /// <summary>Something that is taken, and that the sender should look at.</summary>
    public void Warn(string element, string rule, string diagnostics) =>
        Findings.Warn(
            Path,
            new Issue("business-rule", diagnostics, At(element), SpineCodes.ValidationError, "warning", rule)
        );

    /// <summary>Any problem.</summary>
    public void Add(
        RefusalKind kind,
        string code,
        string element,
        string rule,
        string diagnostics,
        string? spine = SpineCodes.InvalidValue
    ) => Findings.Add(kind, new Issue(code, diagnostics, At(element), spine, Rule: rule));

    /// <summary>The place of an element below.</summary>
    public string At(string element) => element.Length == 0 ? Path : $"{Path}.{element}";
}
