using System.Text.Json;
using System.Text.RegularExpressions;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Utility;

namespace CpIs.Fhir.Core.Reading;

/// <summary>
/// JSON bytes to a typed resource: <see cref="JsonGuard"/> first, then the SDK in its strict mode. Whatever breaks FHIR's
/// own rules is one 400 that lists every problem with its place. Values are not repeated in the texts: they may be personal.
/// </summary>
public static partial class ResourceParser
{
    /// <summary>Any resource.</summary>
    public static Result<Resource> Parse(ReadOnlyMemory<byte> json, JsonLimits limits)
    {
        if (JsonGuard.Check(json, limits) is { } refusal)
            return refusal;
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = limits.MaximumDepth + 1 });
            if (
                FhirJsonDeserializer.STRICT.TryDeserializeResource(ref reader, out var resource, out var problems)
                && resource is not null
            )
                return resource;
            return Refuse(problems.ToList(), resource?.TypeName);
        }
        catch (Exception unexpected) when (unexpected is JsonException or InvalidOperationException or FormatException)
        {
            // The guard should have seen it. What the SDK throws on is the sender's mistake all the same, never a 500.
            return Refusal.Malformed("The body cannot be read as a FHIR resource.");
        }
    }

    /// <summary>A resource of one type; another type is refused.</summary>
    public static Result<T> Parse<T>(ReadOnlyMemory<byte> json, JsonLimits limits)
        where T : Resource
    {
        if (Parse(json, limits).IsRefused(out var refusal, out var resource))
            return refusal;
        return resource as T is { } expected
            ? expected
            : Refusal.Malformed($"The resource must be a {typeof(T).Name}. Sent: {resource.TypeName}.", "resourceType");
    }

    private static Refusal Refuse(List<CodedException> problems, string? type)
    {
        var issues = new List<Issue>();
        foreach (var problem in problems)
            if (problem is ExtendedCodedException { ErrorCode: not "JSON120" } told || problems.Count == 1)
                issues.Add(ToIssue(problem, type));
        if (issues.Count == 0)
            issues.Add(new Issue("invalid", "The body cannot be read as a FHIR resource."));
        return new Refusal(RefusalKind.Malformed, [.. issues.Take(JsonLimits.Default.MaximumIssues)]);
    }

    private static Issue ToIssue(CodedException problem, string? type)
    {
        if (problem is not ExtendedCodedException told)
            return new Issue("invalid", $"The body breaks a rule of FHIR ({problem.ErrorCode}).");
        var root = type is not null && ModelInfo.IsKnownResource(type) ? type : "Resource";
        var where = told.LineNumber is { } line ? $" ({JsonPosition.Of(line, told.Position ?? 1)})" : "";
        return new Issue(
            told.IssueType.GetLiteral() ?? "invalid",
            $"{WithoutValues(Rooted(told.BaseErrorMessage, root))} [{told.ErrorCode}]{where}",
            string.IsNullOrEmpty(told.InstancePath) ? null : Rooted(told.InstancePath, root),
            told.ErrorCode == "PVAL105" ? SpineCodes.MissingValue : SpineCodes.InvalidValue
        );
    }

    /// <summary>The SDK calls the root <c>$this</c> where an element is missing.</summary>
    private static string Rooted(string text, string root) =>
        text.Replace("UnnamedResource_$this", "$this", StringComparison.Ordinal)
            .Replace("$this", root, StringComparison.Ordinal);

    /// <summary>Keeps quoted names of elements and types, drops quoted values.</summary>
    private static string WithoutValues(string message) =>
        Quoted()
            .Replace(
                message,
                quoted =>
                    LeadsToValue(message.AsSpan(0, quoted.Index)) || !ElementName().IsMatch(quoted.Groups[1].ValueSpan)
                        ? "(value)"
                        : quoted.Value
            );

    private static bool LeadsToValue(ReadOnlySpan<char> before) =>
        before.EndsWith("alue ", StringComparison.Ordinal)
        || before.EndsWith("tring ", StringComparison.Ordinal)
        || before.EndsWith("iteral ", StringComparison.Ordinal)
        || before.EndsWith("umber ", StringComparison.Ordinal);

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^[A-Za-z$_][A-Za-z0-9_.$\[\]]*$")]
    private static partial Regex ElementName();
}
