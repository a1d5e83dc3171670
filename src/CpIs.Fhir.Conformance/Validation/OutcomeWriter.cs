using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// Writes a verdict as an OperationOutcome: each problem with its rule, its place as FHIRPath, and line and column both in words and
/// in HL7's extensions.
/// </summary>
public static class OutcomeWriter
{
    private const string LineExtension = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line";
    private const string ColumnExtension = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col";

    /// <summary>How JSON for people's eyes is written: letters as letters. It is no HTML.</summary>
    public static JsonWriterOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A whole resource as UTF-8 JSON.</summary>
    public static byte[] ToBytes(ValidationResult result)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(buffer, Readable))
            Write(json, result);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A whole resource into a document that is being written.</summary>
    public static void Write(Utf8JsonWriter json, ValidationResult result)
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "OperationOutcome");
        json.WriteStartArray("issue");
        foreach (var issue in result.Issues)
            Write(json, issue);
        if (result.Omitted > 0)
            WriteOmitted(json, result);
        else if (result.Issues.Count == 0)
            WritePlain(json, "information", "No problems found.");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>All that is known of a problem, in one text: what is wrong, expected, found, how to mend it, and whose rule it is.</summary>
    public static string Diagnostics(ValidationIssue issue)
    {
        var text = new StringBuilder(issue.Message);
        // Many sentences say it themselves.
        if (issue.Expected is { } expected && !issue.Message.Contains(expected, StringComparison.Ordinal))
            Add(text, "Expected", expected);
        Add(text, "Found", issue.Found);
        Add(text, "Hint", issue.Hint);
        Add(text, "Profile", issue.Profile);
        return Sound(text.ToString());
    }

    private static void Add(StringBuilder text, string name, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return;
        if (text.Length > 0 && text[^1] is not ('.' or '!' or '?'))
            text.Append('.');
        text.Append(' ').Append(name).Append(": ").Append(value);
    }

    private static void Write(Utf8JsonWriter json, ValidationIssue issue)
    {
        json.WriteStartObject();
        if (issue.Line > 0)
        {
            json.WriteStartArray("extension");
            WriteExtension(json, LineExtension, issue.Line);
            WriteExtension(json, ColumnExtension, issue.Column);
            json.WriteEndArray();
        }

        json.WriteString("severity", Code(issue.Severity));
        json.WriteString("code", issue.Code);
        json.WriteStartObject("details");
        json.WriteStartArray("coding");
        json.WriteStartObject();
        json.WriteString("system", FhirSystems.Rule);
        json.WriteString("code", issue.Rule);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("text", Sound(issue.RuleText ?? issue.Message));
        json.WriteEndObject();
        json.WriteString("diagnostics", Diagnostics(issue));
        if (issue.Line > 0)
            WriteOne(
                json,
                "location",
                string.Create(CultureInfo.InvariantCulture, $"line {issue.Line}, column {issue.Column}")
            );
        if (!string.IsNullOrWhiteSpace(issue.Expression))
            WriteOne(json, "expression", Sound(issue.Expression));
        json.WriteEndObject();
    }

    /// <summary>The rest in one issue. Were every error among what is left out, the outcome would read as a clean one: so it is an error then.</summary>
    private static void WriteOmitted(Utf8JsonWriter json, ValidationResult result)
    {
        var hidesErrors = result.Errors > 0 && !result.Issues.Any(IsError);
        WritePlain(
            json,
            hidesErrors ? "error" : "information",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Omitted} more {(result.Omitted == 1 ? "problem is" : "problems are")} not listed; {result.Errors} errors in total."
            )
        );
    }

    private static bool IsError(ValidationIssue issue) => issue.Severity >= ValidationSeverity.Error;

    private static void WritePlain(Utf8JsonWriter json, string severity, string text)
    {
        json.WriteStartObject();
        json.WriteString("severity", severity);
        json.WriteString("code", "informational");
        json.WriteStartObject("details");
        json.WriteString("text", text);
        json.WriteEndObject();
        json.WriteString("diagnostics", text);
        json.WriteEndObject();
    }

    private static void WriteExtension(Utf8JsonWriter json, string url, int value)
    {
        json.WriteStartObject();
        json.WriteString("url", url);
        json.WriteNumber("valueInteger", value);
        json.WriteEndObject();
    }

    private static void WriteOne(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartArray(name);
        json.WriteStringValue(value);
        json.WriteEndArray();
    }

    /// <summary>FHIR's code of a severity.</summary>
    public static string Code(ValidationSeverity severity) =>
        severity switch
        {
            ValidationSeverity.Information => "information",
            ValidationSeverity.Warning => "warning",
            ValidationSeverity.Error => "error",
            _ => "fatal",
        };

    /// <summary>A text as FHIR's string takes it: no control characters, nothing around it, never empty. What was sent may hold anything.</summary>
    private static string Sound(string text)
    {
        var sound = text.Trim();
        if (sound.Any(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n')))
            sound = new string([
                .. sound.Select(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n') ? '\uFFFD' : c),
            ]);
        return sound.Length == 0 ? "-" : sound;
    }
}
