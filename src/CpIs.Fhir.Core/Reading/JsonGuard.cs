using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace CpIs.Fhir.Core.Reading;

/// <summary>
/// Looks at the bytes of a body once, before a parser builds anything of them, and refuses what a parser would throw on,
/// misread or wrongly accept: broken UTF-8, a byte-order mark, trailing bytes, too much depth or length, too many entries, a
/// property without name or named twice, forbidden characters, blank strings, a dateTime without seconds. Never throws.
/// </summary>
public static class JsonGuard
{
    /// <summary>Null when the bytes are one JSON object that may be parsed; else every problem with its place.</summary>
    public static Refusal? Check(ReadOnlyMemory<byte> json, JsonLimits limits)
    {
        var bytes = json.Span;
        if (bytes.Length > limits.MaximumBytes)
            return Refusal.Because(
                RefusalKind.TooLarge,
                new Issue(
                    "too-long",
                    $"The body has {bytes.Length} bytes; at most {limits.MaximumBytes} are allowed.",
                    Spine: SpineCodes.TooManyValues,
                    Rule: "cpis-json-size"
                )
            );
        if (bytes.Trim(" \t\r\n"u8).IsEmpty)
            return Refuse("structure", "cpis-json-empty", "The body is empty. Send one JSON object.");
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            return Refuse(
                "structure",
                "cpis-json-bom",
                "The body begins with a byte-order mark. Send JSON without one."
            );
        if (!Utf8.IsValid(bytes))
            return Refuse(
                "structure",
                "cpis-json-utf8",
                $"The body is not valid UTF-8 {JsonPosition.Of(bytes, InvalidUtf8At(bytes))}."
            );

        var scan = new JsonScan(json, limits);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = limits.MaximumDepth + 1 });
        try
        {
            while (reader.Read() && scan.Take(ref reader)) { }
        }
        catch (JsonException malformed)
        {
            scan.AddMalformed(malformed);
        }

        if (scan.TooManyEntries is { } tooMany)
            return Refusal.Because(RefusalKind.TooLarge, tooMany);
        return scan.Issues.Count == 0 ? null : new Refusal(RefusalKind.Malformed, scan.Issues);
    }

    private static Refusal Refuse(string code, string rule, string diagnostics) =>
        Refusal.Because(
            RefusalKind.Malformed,
            new Issue(code, diagnostics, Spine: SpineCodes.InvalidValue, Rule: rule)
        );

    private static int InvalidUtf8At(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (
            at < bytes.Length
            && Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done
        )
            at += consumed;
        return at;
    }
}
