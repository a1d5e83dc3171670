namespace CpIs.Fhir.Core.Records;

/// <summary>What a notification says of each event (R5 Backport payload content).</summary>
public enum PayloadContent
{
    /// <summary>Only that there are events.</summary>
    Empty,

    /// <summary>References to the AuditEvents.</summary>
    IdOnly,

    /// <summary>The AuditEvents themselves; refused unless <c>NotificationOptions.AllowFullResource</c>.</summary>
    FullResource,
}
