namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// The ways in which a setting names a child: four look-ups, and the report of a missed appointment, which is admitted and recorded as they are and
/// shows nothing.
/// </summary>
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

    /// <summary><c>Patient/$missed-appointment</c>: the child did not come.</summary>
    MissedAppointment,
}

/// <summary>A look-up as it was asked, before anything of it is believed.</summary>
public sealed record LookUpRequest
{
    private string? _query;

    /// <summary>Which of them.</summary>
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
            LookUpInteraction.MissedAppointment => "Patient/$missed-appointment",
            _ => "Patient/$child-protection",
        };

    /// <summary>The parameters as one query string.</summary>
    public string Query =>
        _query ??= string.Join(
            '&',
            Parameters.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}")
        );
}
