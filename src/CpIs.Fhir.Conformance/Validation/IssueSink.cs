using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>Takes the issues of a walk: each problem once, at most so many, the rest counted. A silent one only says whether there was an error.</summary>
internal sealed class IssueSink(FhirSource source, int most, bool isSilent = false)
{
    private readonly HashSet<(FhirNode Place, string Rule, string? Detail)> _seen = [];
    private readonly List<(int Position, ValidationIssue Issue)> _issues = [];

    public bool IsSilent => isSilent;

    public int Errors { get; private set; }

    public int Omitted { get; private set; }

    /// <summary>True when a silent walk has found what it looks for.</summary>
    public bool IsDone => isSilent && Errors > 0;

    /// <summary>Counts a problem; true when it is new and wanted in words.</summary>
    public bool Takes(FhirNode place, ValidationSeverity severity, string rule, string? detail = null)
    {
        if (isSilent)
        {
            if (severity >= ValidationSeverity.Error)
                Errors++;
            return false;
        }

        // So that hostile input cannot fill memory with problems, what comes long after the last one listed is only counted.
        if (_seen.Count < 100_000 && !_seen.Add((place, rule, detail)))
            return false;
        if (severity >= ValidationSeverity.Error)
            Errors++;
        if (_issues.Count < most)
            return true;
        Omitted++;
        return false;
    }

    public void Add(FhirNode place, ValidationIssue issue)
    {
        var (line, column) = source.Locate(place);
        _issues.Add((place.Position, issue with { Line = line, Column = column }));
    }

    /// <summary>In the order of the source; of one place the gravest first.</summary>
    public IReadOnlyList<ValidationIssue> Sorted() =>
        [
            .. _issues
                .OrderBy(issue => issue.Position)
                .ThenByDescending(issue => issue.Issue.Severity)
                .ThenBy(issue => issue.Issue.Expression, StringComparer.Ordinal)
                .ThenBy(issue => issue.Issue.Rule, StringComparer.Ordinal)
                .Select(issue => issue.Issue),
        ];
}
