using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Cli.Validation;

/// <summary>
/// SARIF 2.1.0 (OASIS), which code hosts show next to the lines. Results are written as they come; the rules that they name
/// are at the end.
/// </summary>
internal sealed class SarifPrinter : IVerdictPrinter, IDisposable
{
    private readonly TextWriter _output;
    private readonly MemoryStream _buffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly Dictionary<string, (int Index, string? Text)> _rules = new(StringComparer.Ordinal);

    public SarifPrinter(TextWriter output)
    {
        _output = output;
        _json = new Utf8JsonWriter(
            _buffer,
            new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        _json.WriteStartObject();
        _json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        _json.WriteString("version", "2.1.0");
        _json.WriteStartArray("runs");
        _json.WriteStartObject();
        _json.WriteString("columnKind", "utf16CodeUnits");
        _json.WriteStartArray("results");
    }

    public void Print(Verdict verdict)
    {
        foreach (var issue in verdict.Result.Issues)
            Print(verdict.Input, issue);
        Pour();
    }

    public void End(ValidationCounts counts)
    {
        _json.WriteEndArray();
        _json.WriteStartObject("tool");
        _json.WriteStartObject("driver");
        _json.WriteString("name", "cpis validate");
        _json.WriteString("semanticVersion", Version());
        _json.WriteStartArray("rules");
        foreach (var (id, rule) in _rules.OrderBy(rule => rule.Value.Index))
        {
            _json.WriteStartObject();
            _json.WriteString("id", id);
            if (rule.Text is { } text)
            {
                _json.WriteStartObject("fullDescription");
                _json.WriteString("text", text);
                _json.WriteEndObject();
            }

            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.WriteStartArray("invocations");
        _json.WriteStartObject();
        _json.WriteBoolean("executionSuccessful", true);
        _json.WriteEndObject();
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.WriteEndArray();
        _json.WriteEndObject();
        Pour();
        _output.WriteLine();
        _output.Flush();
    }

    public void Dispose() => _json.Dispose();

    private void Print(ValidationInput input, ValidationIssue issue)
    {
        if (!_rules.TryGetValue(issue.Rule, out var rule))
            _rules[issue.Rule] = rule = (_rules.Count, issue.RuleText);
        _json.WriteStartObject();
        _json.WriteString("ruleId", issue.Rule);
        _json.WriteNumber("ruleIndex", rule.Index);
        _json.WriteString(
            "level",
            issue.Severity >= ValidationSeverity.Error ? "error"
                : issue.Severity == ValidationSeverity.Warning ? "warning"
                : "note"
        );
        _json.WriteStartObject("message");
        _json.WriteString("text", OutcomeWriter.Diagnostics(issue));
        _json.WriteEndObject();
        _json.WriteStartArray("locations");
        _json.WriteStartObject();
        _json.WriteStartObject("physicalLocation");
        _json.WriteStartObject("artifactLocation");
        _json.WriteString("uri", UriOf(input.File));
        _json.WriteEndObject();
        _json.WriteStartObject("region");
        _json.WriteNumber("startLine", Math.Max(1, issue.Line));
        _json.WriteNumber("startColumn", Math.Max(1, issue.Column));
        _json.WriteEndObject();
        _json.WriteEndObject();
        if (issue.Expression.Length > 0)
        {
            _json.WriteStartArray("logicalLocations");
            _json.WriteStartObject();
            _json.WriteString("fullyQualifiedName", issue.Expression);
            _json.WriteString("kind", "member");
            _json.WriteEndObject();
            _json.WriteEndArray();
        }

        _json.WriteEndObject();
        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    /// <summary>A relative reference, or a file URL for an absolute path.</summary>
    internal static string UriOf(string file) =>
        file == "-" ? "stdin"
        : Path.IsPathRooted(file) ? new Uri(file).AbsoluteUri
        : string.Join('/', file.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));

    private static string Version() =>
        typeof(SarifPrinter)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    private void Pour()
    {
        _json.Flush();
        _output.Write(Encoding.UTF8.GetString(_buffer.GetBuffer(), 0, (int)_buffer.Length));
        _buffer.SetLength(0);
    }
}
