using System.Buffers;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Http;

/// <summary>Reads request bodies within a limit, in the media types that are spoken here.</summary>
internal static class RequestBody
{
    /// <summary>A JSON body, whole: <c>application/fhir+json</c> or <c>application/json</c> in UTF-8.</summary>
    public static Task<Result<ReadOnlyMemory<byte>>> ReadJsonAsync(HttpContext context, int limit) =>
        HasMediaType(context, "application/fhir+json") || HasMediaType(context, "application/json")
            ? ReadAsync(context, limit)
            : Task.FromResult<Result<ReadOnlyMemory<byte>>>(Unsupported("application/fhir+json"));

    /// <summary>A resource in JSON or, for the validator, in XML; UTF-8 either way.</summary>
    public static async Task<Result<(ReadOnlyMemory<byte> Bytes, bool IsXml)>> ReadFhirAsync(
        HttpContext context,
        int limit
    )
    {
        string[] json = ["application/fhir+json", "application/json"],
            xml = ["application/fhir+xml", "application/xml", "text/xml"];
        var isXml = xml.Any(type => HasMediaType(context, type));
        if (!isXml && !json.Any(type => HasMediaType(context, type)))
            return Unsupported("application/fhir+json or application/fhir+xml");
        return (await ReadAsync(context, limit)).IsRefused(out var refusal, out var body) ? refusal : (body, isXml);
    }

    /// <summary>True when the body is said to be a form.</summary>
    public static bool IsForm(HttpContext context) => HasMediaType(context, "application/x-www-form-urlencoded");

    /// <summary>The body, whole, whatever it is.</summary>
    public static async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(HttpContext context, int limit)
    {
        if (context.Request.ContentLength > limit)
            return TooLarge(limit);
        if (context.Request.Headers.ContentEncoding.Count > 0)
            return Refusal.Because(
                RefusalKind.UnsupportedMediaType,
                new Issue("not-supported", "Compressed bodies are not taken.", "http.Content-Encoding")
            );
        var buffer = new ArrayBufferWriter<byte>((int)(context.Request.ContentLength ?? 4096) + 1);
        while (true)
        {
            int read;
            try
            {
                read = await context.Request.Body.ReadAsync(buffer.GetMemory(1), context.RequestAborted);
            }
            catch (BadHttpRequestException bad)
            {
                // A value like any other refusal, so that a look-up with a broken body is recorded before it is answered.
                return RefusalOf(bad);
            }

            if (read == 0)
                return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > limit)
                return TooLarge(limit);
        }
    }

    /// <summary>What Kestrel found wrong with the body as HTTP (a broken chunk, too slow, too large).</summary>
    public static Refusal RefusalOf(BadHttpRequestException bad) =>
        bad.StatusCode == StatusCodes.Status413PayloadTooLarge
            ? Refusal.Because(RefusalKind.TooLarge, new Issue("too-long", "The body is larger than the limit."))
            : Refusal.Malformed("The request is not well-formed HTTP.");

    /// <summary>415 for a body that is not in the expected media type.</summary>
    public static Refusal Unsupported(string expected) =>
        Refusal.Because(
            RefusalKind.UnsupportedMediaType,
            new Issue("not-supported", $"The body must be {expected} in UTF-8.", "http.Content-Type")
        );

    private static Refusal TooLarge(int limit) =>
        Refusal.Because(RefusalKind.TooLarge, new Issue("too-long", $"The body is larger than {limit} bytes."));

    private static bool HasMediaType(HttpContext context, string mediaType) =>
        Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
        && type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
