using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>Reads what a request about Subscriptions says: body, precondition, parameters of an operation.</summary>
internal static class SubscriptionRequests
{
    /// <summary>Most bytes of a Subscription.</summary>
    public const int MostBytes = 64 * 1_024;

    /// <summary>The write as the service wants it.</summary>
    public static async Task<Result<SubscriptionWrite>> ReadWriteAsync(HttpContext context, ExchangeUrls urls)
    {
        if ((await RequestBody.ReadJsonAsync(context, MostBytes)).IsRefused(out var refusal, out var body))
            return refusal;
        var caller = context.Caller();
        var identity = context.Identity();
        var request = WriteRequest.Of(
            caller.ClientId,
            identity.RequestId,
            !identity.IsOwn,
            context.Request.Method,
            context.Request.Path,
            body.Span
        );
        return new SubscriptionWrite(caller, request, identity.CorrelationId, urls.FhirBase, body);
    }

    /// <summary>The version that If-Match names, or null without one.</summary>
    public static Result<int?> ReadIfMatch(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0)
            return (int?)null;
        return
            header.Count == 1
            && EntityTagHeaderValue.TryParse(header.ToString(), out var tag)
            && int.TryParse(tag.Tag.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : Refusal.Malformed("If-Match is one version such as W/\"3\".", "http.If-Match");
    }

    /// <summary>Parameters of an operation: of the URL, of a posted form, or of posted Parameters with simple values.</summary>
    public static async Task<Result<List<KeyValuePair<string, string>>>> ReadOperationAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || RequestBody.IsForm(context))
            return await SearchInput.ReadAsync(context);
        var parameters = SearchInput.FromUrl(context);
        if (context.Request.ContentLength is null or 0)
            return parameters;
        if ((await RequestBody.ReadJsonAsync(context, MostBytes)).IsRefused(out var refusal, out var body))
            return refusal;
        return TryReadParameters(body, parameters)
            ? parameters
            : Refusal.Malformed("The body must be Parameters with ids, codes or strings.", "Parameters.parameter");
    }

    private static bool TryReadParameters(ReadOnlyMemory<byte> body, List<KeyValuePair<string, string>> parameters)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.GetProperty("resourceType").GetString() != "Parameters")
                return false;
            if (document.RootElement.TryGetProperty("parameter", out var list))
                foreach (var parameter in list.EnumerateArray())
                {
                    var value = parameter
                        .EnumerateObject()
                        .Single(p => p.Name is "valueId" or "valueCode" or "valueString");
                    if (
                        parameter.GetProperty("name").GetString() is not { } name
                        || value.Value.GetString() is not { } text
                    )
                        return false;
                    parameters.Add(new(name, text));
                }

            return true;
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
        }
    }
}
