using System.Buffers;
using System.Text.Json;

namespace CpIs.Fhir.Core;

/// <summary>Writes issues as an OperationOutcome, each with its place and, where one fits, its Spine code.</summary>
public static class OperationOutcomeWriter
{
    /// <summary>A whole resource as UTF-8 JSON.</summary>
    public static byte[] ToBytes(IReadOnlyList<Issue> issues)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, issues);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A whole resource into a document that is being written.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Issue> issues)
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "OperationOutcome");
        json.WriteStartArray("issue");
        foreach (var issue in issues)
            Write(json, issue);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Issue issue)
    {
        json.WriteStartObject();
        json.WriteString("severity", issue.Severity);
        json.WriteString("code", issue.Code);
        if (issue.Spine is not null || issue.Rule is not null)
        {
            json.WriteStartObject("details");
            json.WriteStartArray("coding");
            if (issue.Spine is not null)
                WriteCoding(json, FhirSystems.SpineErrorOrWarningCode, issue.Spine);
            if (issue.Rule is not null)
                WriteCoding(json, FhirSystems.Rule, issue.Rule);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteString("diagnostics", issue.Diagnostics);
        if (issue.Expression is not null)
        {
            json.WriteStartArray("expression");
            json.WriteStringValue(issue.Expression);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteCoding(Utf8JsonWriter json, string system, string code)
    {
        json.WriteStartObject();
        json.WriteString("system", system);
        json.WriteString("code", code);
        json.WriteEndObject();
    }
}
