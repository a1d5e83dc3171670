using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CpIs.Fhir.Server.Validation;

/// <summary>What was sent to the page <c>/validate</c>.</summary>
/// <param name="Text">The resource, as pasted or from the file; empty when nothing was sent.</param>
/// <param name="Profile">Canonical chosen; empty for none.</param>
/// <param name="FileName">Name of the file, where one was sent.</param>
/// <param name="IsLaidOut">True when the text came on one line and was given line breaks.</param>
internal sealed record ValidateForm(string Text, string Profile, string? FileName, bool IsLaidOut)
{
    /// <summary>Most bytes of a text on the page; <c>cpis validate</c> and <c>$validate</c> take more.</summary>
    public const int MostBytes = 1_024 * 1_024;

    // A pasted text may be written as %22 and the like, three bytes for one.
    private const int MostOfBody = 3 * MostBytes + 16 * 1_024;
    private const int LongLine = 300;

    private static readonly FormOptions Limits = new()
    {
        // Nothing of a child is written to disk, not even for a moment.
        MemoryBufferThreshold = MostOfBody,
        BufferBodyLengthLimit = MostOfBody,
        MultipartBodyLengthLimit = MostOfBody,
        ValueLengthLimit = MostOfBody,
        ValueCountLimit = 8,
        KeyLengthLimit = 64,
    };

    /// <summary>Reads the form; refused when it is larger than is taken, takes longer, or is not a form.</summary>
    public static async Task<Result<ValidateForm>> ReadAsync(HttpContext context, TimeSpan longest, TimeProvider time)
    {
        if (!context.Request.HasFormContentType || !MediaTypes.IsUtf8(context.Request))
            return NoForm;
        if (context.Request.ContentLength > MostOfBody)
            return TooLarge;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MostOfBody;
        using var late = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        IFormCollection form;
        try
        {
            form = await new FormFeature(context.Request, Limits).ReadFormAsync(either.Token);
        }
        catch (BadHttpRequestException bad)
        {
            return bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge : RequestBody.RefusalOf(bad);
        }
        // A part of a form may name an encoding that .NET does not know.
        catch (Exception unfit) when (unfit is InvalidDataException or IOException or NotSupportedException)
        {
            return Unreadable;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return RequestBody.TooSlow;
        }

        var (text, fileName) = (form["text"].ToString(), (string?)null);
        if (form.Files.GetFile("file") is { Length: > 0 } file)
        {
            using var reader = new StreamReader(file.OpenReadStream(), Encoding.UTF8);
            (text, fileName) = (await reader.ReadToEndAsync(context.RequestAborted), Path.GetFileName(file.FileName));
        }

        if (Encoding.UTF8.GetByteCount(text) > MostBytes)
            return TooLarge;
        return new ValidateForm(text, form["profile"].ToString(), fileName, IsLaidOut: false);
    }

    private static Refusal TooLarge { get; } =
        Refuse(
            RefusalKind.TooLarge,
            "The resource must be smaller than 1 MiB. Use the command cpis validate for larger ones."
        );

    private static Refusal NoForm { get; } =
        Refuse(
            RefusalKind.UnsupportedMediaType,
            "Send a form in UTF-8, as this page does. A program sends the resource itself to $validate, or uses the command cpis validate."
        );

    private static Refusal Unreadable { get; } =
        Refuse(
            RefusalKind.Malformed,
            "The form cannot be read. Paste the resource or choose the file again, and send it once more."
        );

    private static Refusal Refuse(RefusalKind kind, string why) => Refusal.Because(kind, new Issue("structure", why));

    /// <summary>The same with line breaks where the text came on one long line.</summary>
    public ValidateForm LaidOut() => LayOut(Text) is { } lines ? this with { Text = lines, IsLaidOut = true } : this;

    /// <summary>A long JSON text on one line with line breaks, so that its problems have lines; null where that is not needed or not possible.</summary>
    private static string? LayOut(string text)
    {
        var line = text.Trim();
        if (line.Length <= LongLine || line.Contains('\n', StringComparison.Ordinal) || line[0] != '{')
            return null;
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 64 });
            return JsonSerializer.Serialize(document.RootElement, PageJson.Indented.JsonElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
