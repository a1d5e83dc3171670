namespace CpIs.Fhir.Core.LookUps;

/// <summary>The four ways in which a setting may ask; each of them is a look-up.</summary>
public enum LookUpInteraction
{
    /// <summary><c>Flag?patient:identifier=</c></summary>
    Flag,

    /// <summary><c>EpisodeOfCare?patient:identifier=</c></summary>
    EpisodeOfCare,

    /// <summary><c>AuditEvent?patient:identifier=</c>: the history.</summary>
    AuditEvent,

    /// <summary><c>Patient/$child-protection</c>: everything at once.</summary>
    ChildProtection,
}

/// <summary>A look-up as it was asked, before anything of it is believed.</summary>
public sealed record LookUpRequest
{
    private string? _query;

    /// <summary>Which of the four.</summary>
    public required LookUpInteraction Interaction { get; init; }

    /// <summary>Every parameter in order, from the URL and from a form or Parameters body, names and values decoded.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; }

    /// <summary>Value of the header <c>IsUnscheduledAccessEvent</c> (alias <c>IsUnscheduledEvent</c>), or null.</summary>
    public string? UnscheduledHeader { get; init; }

    /// <summary>A refusal found before the look-up began (rate limit, unreadable body); it is recorded like any other.</summary>
    public Refusal? Refused { get; init; }

    /// <summary>X-Request-ID.</summary>
    public required string RequestId { get; init; }

    /// <summary>X-Correlation-ID or TraceID.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>URL path below the FHIR base, such as <c>Flag</c> or <c>Patient/$child-protection</c>.</summary>
    public string Path =>
        Interaction switch
        {
            LookUpInteraction.Flag => "Flag",
            LookUpInteraction.EpisodeOfCare => "EpisodeOfCare",
            LookUpInteraction.AuditEvent => "AuditEvent",
            _ => "Patient/$child-protection",
        };

    /// <summary>The parameters as one query string.</summary>
    public string Query =>
        _query ??= string.Join(
            '&',
            Parameters.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}")
        );
}
