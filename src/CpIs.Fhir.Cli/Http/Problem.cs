using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Http;

/// <summary>One problem of an OperationOutcome, or of an OAuth error, as a line.</summary>
/// <param name="Text">What is wrong.</param>
/// <param name="Place">FHIRPath of the place, or null.</param>
/// <param name="Rule">Id of the rule that was broken, or null.</param>
/// <param name="Code">FHIR issue type or OAuth error code.</param>
/// <param name="Severity">As FHIR has it.</param>
internal sealed record Problem(string Text, string? Place, string? Rule, string Code, string Severity)
{
    /// <summary>Reads a body. Never empty: a body that says nothing gives one problem that says so.</summary>
    public static IReadOnlyList<Problem> Read(ReadOnlyMemory<byte> body, int status)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var problems = Read(document.RootElement).ToList();
            if (problems.Count > 0)
                return problems;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // No JSON, or not of the shape: the status is all there is to tell.
        }

        return [new Problem($"the server gave no reason (HTTP {status}).", null, null, "unknown", "error")];
    }

    /// <summary>The issues of an OperationOutcome element, or the error of an OAuth answer.</summary>
    public static IEnumerable<Problem> Read(JsonElement root)
    {
        if (root.Text("error") is { } error)
            return [new Problem(root.Text("error_description") ?? error, null, null, error, "error")];
        return root.List("issue")
            .Select(issue =>
            {
                var codings = issue.At("details").List("coding").ToList();
                return new Problem(
                    issue.Text("diagnostics") ?? issue.At("details").Text("text") ?? "(no text)",
                    issue.List("expression").FirstOrDefault() is { ValueKind: JsonValueKind.String } place
                        ? place.GetString()
                        : null,
                    codings
                        .FirstOrDefault(c => c.Text("system") is not FhirSystems.SpineErrorOrWarningCode)
                        .Text("code"),
                    issue.Text("code") ?? "unknown",
                    issue.Text("severity") ?? "error"
                );
            });
    }

    /// <summary>One object for <c>--json</c>.</summary>
    public JsonNode ToJson() =>
        new JsonObject
        {
            ["severity"] = Severity,
            ["code"] = Code,
            ["place"] = Place,
            ["rule"] = Rule,
            ["text"] = Text,
        };

    /// <inheritdoc />
    public override string ToString() =>
        $"{(Place is null ? "" : Place + ": ")}{Text}{(Rule is null ? "" : $" [{Rule}]")}";
}
