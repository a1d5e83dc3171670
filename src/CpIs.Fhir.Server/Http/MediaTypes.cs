using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Searching;
using Microsoft.Net.Http.Headers;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// The media types of requests and answers: FHIR R4 (<c>fhirVersion=4.0</c>, where a caller names one) in UTF-8.
/// Source: R4 http.html#version-parameter.
/// </summary>
internal static class MediaTypes
{
    private static readonly Refusal NotAcceptable = Refusal.Because(
        RefusalKind.NotAcceptable,
        new Issue(
            "not-supported",
            "Answers are application/fhir+json or application/fhir+xml, of FHIR 4.0, and the Accept header excludes both. Send Accept: application/fhir+json.",
            "http.Accept"
        )
    );

    /// <summary>
    /// 406 when the header Accept excludes every form of this FHIR version, or null. <c>_format</c> goes before the header (R4:
    /// http.html#parameters), and what reads the parameters judges it.
    /// </summary>
    public static Refusal? RefuseAnswer(HttpRequest request) =>
        request.Query.ContainsKey("_format") || Accepted(request) is not null ? null : NotAcceptable;

    /// <summary>The form that the header Accept likes best, JSON where it likes both; null when it excludes both.</summary>
    public static AnswerFormat? Accepted(HttpRequest request)
    {
        // Asked twice of each request: what most clients send needs no parsing.
        if (request.Headers.Accept is not { Count: > 0 } accept || accept is ["application/fhir+json" or "*/*" or ""])
            return AnswerFormat.Json;
        if (!MediaTypeHeaderValue.TryParseList(accept, out var types))
            return null;
        (AnswerFormat? Format, double Quality) best = (null, 0);
        foreach (var type in types)
            if (FormatOf(type) is { } format && IsOurs(type) && (type.Quality ?? 1) > best.Quality)
                best = (format, type.Quality ?? 1);
        return best.Format;
    }

    /// <summary>True for a browser that a person looks at: it asks for HTML by name, and for no form of FHIR.</summary>
    public static bool IsForPerson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var types)
        && types.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase))
        && !types.Any(type => type.MediaType.StartsWith("application/fhir+", StringComparison.OrdinalIgnoreCase));

    /// <summary>True when the body is said to be of one of these types, in UTF-8 and of this FHIR version.</summary>
    public static bool IsSent(HttpRequest request, params ReadOnlySpan<string> types)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var sent) || !IsOurs(sent))
            return false;
        foreach (var type in types)
            if (sent.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    /// <summary>True unless the body is said to be in another encoding than UTF-8.</summary>
    public static bool IsUtf8(HttpRequest request) =>
        !MediaTypeHeaderValue.TryParse(request.ContentType, out var sent)
        || sent.Charset.Length == 0
        || HeaderUtilities.RemoveQuotes(sent.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    /// <summary>True when the body comes as it is: without Content-Encoding, or as <c>identity</c>.</summary>
    public static bool IsPlain(HttpRequest request) =>
        request.Headers.ContentEncoding is not { Count: > 0 } encodings
        || encodings.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase);

    /// <summary>True where a body may come compressed: below the FHIR base.</summary>
    public static bool MayBeCompressed(HttpRequest request) =>
        request.Path.StartsWithSegments(ExchangeUrls.FhirPath, StringComparison.OrdinalIgnoreCase);

    private static AnswerFormat? FormatOf(MediaTypeHeaderValue type) =>
        type.MatchesAllTypes || type.MediaType.Equals("application/*", StringComparison.OrdinalIgnoreCase)
            ? AnswerFormat.Json
            : AnswerFormats.Parse(type.MediaType.ToString().ToLowerInvariant());

    private static bool IsOurs(MediaTypeHeaderValue type)
    {
        foreach (var parameter in type.Parameters)
        {
            var value = HeaderUtilities.RemoveQuotes(parameter.Value);
            if (
                parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase)
                && !value.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            )
                return false;
            if (
                parameter.Name.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase)
                && !value.Equals("4.0", StringComparison.Ordinal)
                && !value.Equals("4.0.1", StringComparison.Ordinal)
            )
                return false;
        }

        return true;
    }
}
