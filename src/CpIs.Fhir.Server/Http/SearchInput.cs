using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Searching;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// The parameters of a request in the order in which they came: from the URL, from a posted form, or from the Parameters
/// of an operation. What they mean is for <see cref="ParameterReader"/> to say.
/// </summary>
internal static class SearchInput
{
    private const int MaximumForm = 64 * 1024;
    private const int MaximumParameters = 16 * 1024;

    private static readonly string[] Simple =
    [
        "valueString",
        "valueId",
        "valueCode",
        "valueDate",
        "valueDateTime",
        "valueBoolean",
        "valueIdentifier",
        "valueInteger",
        "valueUnsignedInt",
        "valuePositiveInt",
    ];

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Parameters of the URL alone.</summary>
    public static List<KeyValuePair<string, string>> FromUrl(HttpContext context) =>
        Noted(context, Decode(context.Request.QueryString.Value ?? ""));

    /// <summary>Parameters of the URL alone, read by a table.</summary>
    public static Result<AskedParameters> FromUrl(HttpContext context, ParameterTable table) =>
        ParameterReader.Read(table, FromUrl(context));

    /// <summary>Parameters of the URL and, for a POST, of the form.</summary>
    public static async Task<Result<List<KeyValuePair<string, string>>>> ReadAsync(HttpContext context)
    {
        var parameters = FromUrl(context);
        if (!HttpMethods.IsPost(context.Request.Method))
            return parameters;
        if (!RequestBody.IsForm(context))
            return RequestBody.Unsupported("application/x-www-form-urlencoded");
        if ((await RequestBody.ReadAsync(context, MaximumForm)).IsRefused(out var refusal, out var body))
            return refusal;
        parameters.AddRange(Decode(Encoding.UTF8.GetString(body.Span)));
        return Noted(context, parameters);
    }

    /// <summary>Parameters of an operation: of the URL, of a posted form, or of posted Parameters with simple values.</summary>
    public static async Task<Result<List<KeyValuePair<string, string>>>> ReadOperationAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || RequestBody.IsForm(context))
            return await ReadAsync(context);
        var parameters = FromUrl(context);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return parameters;
        if ((await RequestBody.ReadResourceAsync(context, MaximumParameters)).IsRefused(out var refusal, out var body))
            return refusal;
        return TryAdd(parameters, body)
            ? Noted(context, parameters)
            : Refusal.Malformed(
                "The body must be a Parameters resource. Each parameter must have a name and one value: a string, id, code, date, time, boolean, whole number, or an identifier with system and value.",
                "Parameters"
            );
    }

    private static bool TryAdd(List<KeyValuePair<string, string>> parameters, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.GetProperty("resourceType").GetString() != "Parameters")
                return false;
            if (!document.RootElement.TryGetProperty("parameter", out var list))
                return true;
            foreach (var parameter in list.EnumerateArray())
            {
                var sent = parameter.EnumerateObject().Single(p => Simple.Contains(p.Name)).Value;
                var value = sent.ValueKind switch
                {
                    JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => sent.GetRawText(),
                    JsonValueKind.Object => ReadIdentifier(sent),
                    _ => sent.GetString(),
                };
                // A second value next to it would be a parameter ignored.
                if (
                    value is null
                    || parameter.GetProperty("name").GetString() is not { } name
                    || parameter.EnumerateObject().Count() != 2
                )
                    return false;
                parameters.Add(new(name, value));
            }

            return true;
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
        }
    }

    /// <summary>An identifier as a token writes it; null when it says more or less than system and value.</summary>
    private static string? ReadIdentifier(JsonElement identifier) =>
        identifier.EnumerateObject().Count() == 2
            ? $"{identifier.GetProperty("system").GetString()}|{identifier.GetProperty("value").GetString()}"
            : null;

    // The one place that sees every parameter also sees how the answer is to look.
    private static List<KeyValuePair<string, string>> Noted(
        HttpContext context,
        List<KeyValuePair<string, string>> parameters
    )
    {
        context.AnswerAs(parameters);
        return parameters;
    }

    /// <summary>Parameters as a query writes them.</summary>
    public static List<KeyValuePair<string, string>> Decode(string query)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(query))
            parameters.Add(new(pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        return parameters;
    }
}
