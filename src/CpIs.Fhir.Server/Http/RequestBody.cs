using System.Buffers;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Server.Http;

/// <summary>Reads request bodies within a limit, in the media types that are spoken here.</summary>
internal static class RequestBody
{
    /// <summary>A JSON body, whole: <c>application/fhir+json</c> or <c>application/json</c> in UTF-8.</summary>
    public static Task<Result<ReadOnlyMemory<byte>>> ReadJsonAsync(HttpContext context, int limit) =>
        IsJson(context)
            ? ReadAsync(context, limit)
            : Task.FromResult<Result<ReadOnlyMemory<byte>>>(Unsupported("application/fhir+json of FHIR 4.0"));

    /// <summary>A small resource, whole, as JSON, whether it is sent so or in XML.</summary>
    public static async Task<Result<ReadOnlyMemory<byte>>> ReadResourceAsync(HttpContext context, int limit) =>
        (await ReadFhirAsync(context, limit)).IsRefused(out var refusal, out var body)
            ? refusal
            : AsJson(context, body, JsonLimits.Default);

    /// <summary>A resource as JSON, whether it was sent so or in XML.</summary>
    public static Result<ReadOnlyMemory<byte>> AsJson(
        HttpContext context,
        (ReadOnlyMemory<byte> Bytes, bool IsXml) body,
        JsonLimits limits
    ) =>
        body.IsXml
            ? context.RequestServices.GetRequiredService<ConformanceSet>().ToJson(body.Bytes, limits)
            : body.Bytes;

    /// <summary>A resource as it was sent, in JSON or in XML; UTF-8 either way.</summary>
    public static async Task<Result<(ReadOnlyMemory<byte> Bytes, bool IsXml)>> ReadFhirAsync(
        HttpContext context,
        int limit
    )
    {
        var isXml = MediaTypes.IsSent(context.Request, "application/fhir+xml", "application/xml", "text/xml");
        if (!isXml && !IsJson(context))
            return Unsupported("application/fhir+json or application/fhir+xml, of FHIR 4.0");
        return (await ReadAsync(context, limit)).IsRefused(out var refusal, out var body) ? refusal : (body, isXml);
    }

    /// <summary>True when the body is said to be a form.</summary>
    public static bool IsForm(HttpContext context) =>
        MediaTypes.IsSent(context.Request, "application/x-www-form-urlencoded");

    /// <summary>The body, whole, whatever it is.</summary>
    public static Task<Result<ReadOnlyMemory<byte>>> ReadAsync(HttpContext context, int limit) =>
        ReadAsync(context, limit, context.RequestAborted);

    /// <summary>The body, whole, whatever it is, in a time: 408 when it takes longer.</summary>
    public static async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(
        HttpContext context,
        int limit,
        TimeSpan longest,
        TimeProvider time
    )
    {
        using var late = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        try
        {
            return await ReadAsync(context, limit, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return TooSlow;
        }
    }

    /// <summary>What Kestrel found wrong with the body as HTTP (a broken chunk, too slow, too large).</summary>
    public static Refusal RefusalOf(BadHttpRequestException bad) =>
        bad.StatusCode switch
        {
            StatusCodes.Status413PayloadTooLarge => Refusal.Because(
                RefusalKind.TooLarge,
                new Issue("too-long", "The body is larger than the limit.")
            ),
            StatusCodes.Status408RequestTimeout => TooSlow,
            _ => NotHttp,
        };

    /// <summary>415 for a body that is not in the expected media type.</summary>
    public static Refusal Unsupported(string expected) =>
        Refusal.Because(
            RefusalKind.UnsupportedMediaType,
            new Issue("not-supported", $"The body must be {expected}, in UTF-8.", "http.Content-Type")
        );

    /// <summary>408.</summary>
    public static Refusal TooSlow { get; } =
        Refusal.Because(RefusalKind.TooSlow, new Issue("timeout", "The body took too long to arrive. Send it again."));

    private static Refusal NotHttp { get; } = Refusal.Malformed("The request is not well-formed HTTP.");

    private static async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(
        HttpContext context,
        int limit,
        CancellationToken cancellation
    )
    {
        if (context.Request.ContentLength > limit)
            return TooLarge(limit);
        if (!MediaTypes.IsPlain(context.Request))
            return StillCompressed(context);
        var buffer = new ArrayBufferWriter<byte>((int)(context.Request.ContentLength ?? 4096) + 1);
        while (true)
        {
            int read;
            try
            {
                read = await context.Request.Body.ReadAsync(buffer.GetMemory(1), cancellation);
            }
            catch (BadHttpRequestException bad)
            {
                // A value like any other refusal, so that a look-up with a broken body is recorded before it is answered.
                return RefusalOf(bad);
            }
            catch (InvalidDataException)
            {
                return Refusal.Malformed(
                    "The body cannot be unpacked: it is not gzip, or is damaged.",
                    "http.Content-Encoding"
                );
            }
            catch (IOException) when (!context.RequestAborted.IsCancellationRequested)
            {
                // So Kestrel reports a chunk whose size is not a 31-bit number.
                return NotHttp;
            }

            if (read == 0)
                return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > limit)
                return TooLarge(limit);
        }
    }

    /// <summary>415 for a Content-Encoding that nobody has undone by now; with the one that would have been (RFC 9110, 12.5.3).</summary>
    private static Refusal StillCompressed(HttpContext context)
    {
        var also = "";
        if (MediaTypes.MayBeCompressed(context.Request))
        {
            context.Response.Headers.AcceptEncoding = "gzip";
            also = ", or once with gzip";
        }

        return Refusal.Because(
            RefusalKind.UnsupportedMediaType,
            new Issue(
                "not-supported",
                $"This Content-Encoding is not supported here. Send the body without Content-Encoding{also}.",
                "http.Content-Encoding"
            )
        );
    }

    private static bool IsJson(HttpContext context) =>
        MediaTypes.IsSent(context.Request, "application/fhir+json", "application/json");

    private static Refusal TooLarge(int limit) =>
        Refusal.Because(RefusalKind.TooLarge, new Issue("too-long", $"The body is larger than {limit} bytes."));
}
