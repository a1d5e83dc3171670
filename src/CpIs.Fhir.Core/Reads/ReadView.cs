using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Core.Reads;

/// <summary>What somebody is about to be shown of records or accesses, other than by a look-up.</summary>
public sealed record ReadView
{
    /// <summary>Who reads.</summary>
    public required Caller Caller { get; init; }

    /// <summary>URL path below the FHIR base, such as <c>Patient</c> or <c>Flag/{id}/_history/2</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The search as it was first asked, decoded; empty for a read.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>True for a view of everything, which is recorded each time and names nobody.</summary>
    public bool IsOfAll { get; init; }

    /// <summary>X-Request-ID.</summary>
    public required string RequestId { get; init; }

    /// <summary>X-Correlation-ID or TraceID.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>What is shown, each with the child that it reports, where the reader sees one.</summary>
    public required IReadOnlyList<(string Reference, NhsNumber? Child)> Shown { get; init; }

    /// <summary>The parameters as one query string, or null.</summary>
    public string? Query =>
        Parameters.Count == 0
            ? null
            : string.Join(
                '&',
                Parameters.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}")
            );
}
