using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CpIs.Fhir.Conformance.Formats;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using Microsoft.Net.Http.Headers;

namespace CpIs.Fhir.Server.Http;

/// <summary>Writes FHIR answers: bytes that are there already, or a refusal as OperationOutcome with its status.</summary>
internal static class FhirResponse
{
    public const string ContentType = "application/fhir+json; charset=utf-8";

    private const string XmlContentType = "application/fhir+xml; charset=utf-8";

    /// <summary>The HTTP status of each kind of refusal.</summary>
    public static int StatusOf(RefusalKind kind) =>
        kind switch
        {
            RefusalKind.Malformed => 400,
            RefusalKind.Unauthenticated => 401,
            RefusalKind.Forbidden => 403,
            RefusalKind.Unknown => 404,
            RefusalKind.Gone => 410,
            RefusalKind.NotAllowed => 405,
            RefusalKind.NotAcceptable => 406,
            RefusalKind.TooSlow => 408,
            RefusalKind.Conflict => 409,
            RefusalKind.PreconditionFailed => 412,
            RefusalKind.TooLarge => 413,
            RefusalKind.AddressTooLong => 414,
            RefusalKind.UnsupportedMediaType => 415,
            RefusalKind.Rule => 422,
            RefusalKind.TooMany => 429,
            RefusalKind.CouldNotCheck => 503,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    /// <summary>A refusal. Safe to call once, before anything else was written.</summary>
    public static Task WriteAsync(HttpContext context, Refusal refusal)
    {
        if (refusal.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
        return WriteAsync(
            context,
            StatusOf(refusal.Kind),
            OperationOutcomeWriter.ToBytes(
                SpineOf(refusal.Kind) is { } spine
                    ? [.. refusal.Issues.Select(issue => issue with { Spine = issue.Spine ?? spine })]
                    : refusal.Issues
            )
        );
    }

    /// <summary>
    /// The Spine code of what is wrong with a request as HTTP, whatever was asked. UK Core's list has none of these names, so
    /// each is the nearest that it has (<see cref="SpineCodes"/>).
    /// </summary>
    private static string? SpineOf(RefusalKind kind) =>
        kind switch
        {
            RefusalKind.NotAcceptable or RefusalKind.UnsupportedMediaType => SpineCodes.UnsupportedValue,
            RefusalKind.AddressTooLong => SpineCodes.InvalidSearchData,
            RefusalKind.TooLarge or RefusalKind.TooSlow => SpineCodes.FailureToProcessMessage,
            RefusalKind.TooMany => SpineCodes.UnableToCallService,
            _ => null,
        };

    /// <summary>A resource as bytes, sent in one write.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">Its status.</param>
    /// <param name="body">The resource in JSON.</param>
    /// <param name="stored">The version that it is, where it is one.</param>
    public static Task WriteAsync(
        HttpContext context,
        int status,
        ReadOnlyMemory<byte> body,
        StoredResource? stored = null
    )
    {
        if (status == StatusCodes.Status200OK && context.AnswerSubset() is { } subset)
            (body, stored) = (SubsetWriter.Write(body, subset), null);
        var isXml = context.AnswerFormat() == AnswerFormat.Xml;
        if (isXml && stored is not null && !context.IsAnswerPretty())
            body = context.RequestServices.GetRequiredService<KeptXml>().Of(stored);
        else if (isXml)
            body = JsonResource.ToXml(body, context.IsAnswerPretty());
        else if (context.IsAnswerPretty())
            body = Pretty(body);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = isXml ? XmlContentType : ContentType;
        response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static ReadOnlyMemory<byte> Pretty(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
        var buffer = new ArrayBufferWriter<byte>(body.Length * 2);
        using (
            var json = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions
                {
                    Indented = true,
                    MaxDepth = 256,
                    Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
            document.WriteTo(json);
        return buffer.WrittenMemory;
    }
}
