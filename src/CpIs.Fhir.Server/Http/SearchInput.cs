using System.Text;
using CpIs.Fhir.Core;
using Microsoft.AspNetCore.WebUtilities;

namespace CpIs.Fhir.Server.Http;

/// <summary>Reads the parameters of a search in the order they came: from the URL, and from the form of a POST _search.</summary>
internal static class SearchInput
{
    private const int MaximumForm = 64 * 1024;

    /// <summary>Parameters of the URL alone.</summary>
    public static List<KeyValuePair<string, string>> FromUrl(HttpContext context) =>
        Decode(context.Request.QueryString.Value ?? "");

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
        return parameters;
    }

    private static List<KeyValuePair<string, string>> Decode(string query)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(query))
            parameters.Add(new(pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        return parameters;
    }
}
