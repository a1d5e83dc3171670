using System.Globalization;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;
using Microsoft.Net.Http.Headers;

namespace CpIs.Fhir.Server.Http;

/// <summary>Versions in headers: <c>ETag</c>, <c>If-Match</c>, <c>If-None-Match</c> and <c>If-Modified-Since</c> (R4 http.html#concurrency, #cread).</summary>
internal static class Versions
{
    /// <summary>The ETag of a version.</summary>
    public static string ETag(int version) => string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\"");

    /// <summary>The version that If-Match names, or null without one.</summary>
    public static Result<int?> ReadIfMatch(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0)
            return (int?)null;
        return
            header.Count == 1
            && EntityTagHeaderValue.TryParse(header.ToString(), out var tag)
            && int.TryParse(
                tag.Tag.AsSpan().Trim('"'),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var version
            )
            ? version
            : Refusal.Malformed("If-Match must be one version, such as W/\"3\".", "http.If-Match");
    }

    /// <summary>True when a conditional read already has what is there: 304. If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2).</summary>
    public static bool HasAlready(HttpRequest request, StoredResource found)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            return false;
        var headers = request.GetTypedHeaders();
        if (headers.IfNoneMatch is { Count: > 0 } tags)
        {
            var own = new EntityTagHeaderValue(
                $"\"{found.Version.ToString(CultureInfo.InvariantCulture)}\"",
                isWeak: true
            );
            return tags.Any(tag => tag == EntityTagHeaderValue.Any || tag.Compare(own, useStrongComparison: false));
        }

        // The header counts in whole seconds.
        return headers.IfModifiedSince is { } since
            && found.LastUpdated.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
    }
}
