using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CpIs.Fhir.Core.Reading;

/// <summary>
/// The state of one pass of <see cref="JsonGuard"/>: where in the document the reader stands, which names the open objects
/// have so far, and what was found. A place is written out only for a problem, so a good body costs no strings.
/// </summary>
internal sealed class JsonScan(ReadOnlyMemory<byte> json, JsonLimits limits)
{
    private readonly List<Level> _levels = [];
    private readonly List<Issue> _issues = [];
    private string _root = "$this";
    private int _depth;

    public IReadOnlyList<Issue> Issues => _issues;

    /// <summary>Set when a Bundle has more entries than the limit; nothing after that is looked at.</summary>
    public Issue? TooManyEntries { get; private set; }

    /// <summary>Looks at one token; false when nothing more is to be looked at.</summary>
    public bool Take(ref Utf8JsonReader reader)
    {
        if (_depth == 0 && reader.TokenType != JsonTokenType.StartObject)
            return Add(ref reader, "structure", "cpis-json-object", "The root must be a JSON object.", stop: true);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                CountElement(ref reader);
                return TooManyEntries is null && Open(ref reader);
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _depth--;
                break;
            case JsonTokenType.PropertyName:
                return Name(ref reader);
            case JsonTokenType.String:
                CountElement(ref reader);
                Text(ref reader);
                break;
            default:
                CountElement(ref reader);
                break;
        }

        return TooManyEntries is null && _issues.Count < limits.MaximumIssues;
    }

    /// <summary>The reader gave up: no valid JSON from there.</summary>
    public void AddMalformed(JsonException malformed) =>
        _issues.Add(
            new Issue(
                "structure",
                $"The body is not valid JSON {JsonPosition.Of((malformed.LineNumber ?? 0) + 1, (malformed.BytePositionInLine ?? 0) + 1)}. Comments, trailing commas and bytes after the root object are not JSON.",
                _depth == 0 ? null : Place(),
                SpineCodes.InvalidValue,
                Rule: "cpis-json-syntax"
            )
            {
                Position = ((int)(malformed.LineNumber ?? 0) + 1, (int)(malformed.BytePositionInLine ?? 0) + 1),
            }
        );

    private bool Open(ref Utf8JsonReader reader)
    {
        if (_depth == limits.MaximumDepth)
            return Add(
                ref reader,
                "too-long",
                "cpis-json-depth",
                $"Objects and arrays are nested more than {limits.MaximumDepth} levels deep.",
                stop: true
            );
        if (_levels.Count == _depth)
            _levels.Add(new Level());
        _levels[_depth++].Begin(reader.TokenType == JsonTokenType.StartArray);
        return true;
    }

    private bool Name(ref Utf8JsonReader reader)
    {
        var level = _levels[_depth - 1];
        level.Current =
            reader.ValueIsEscaped ? Unescaped(ref reader)
            : reader.ValueSpan.IsEmpty ? default
            : json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        if (reader.ValueSpan.IsEmpty)
            return Add(ref reader, "structure", "cpis-json-syntax", "A property has no name.");
        foreach (var name in level.Names)
            if (name.Span.SequenceEqual(level.Current.Span))
                return Add(ref reader, "structure", "cpis-json-duplicate", "This property occurs twice. Send it once.");
        if (level.Names.Count == limits.MaximumProperties)
            return Add(
                ref reader,
                "too-long",
                "cpis-json-properties",
                $"The object has more than {limits.MaximumProperties} properties.",
                stop: true
            );
        level.Names.Add(level.Current);
        return true;
    }

    private ReadOnlyMemory<byte> Unescaped(ref Utf8JsonReader reader)
    {
        try
        {
            return Encoding.UTF8.GetBytes(reader.GetString()!);
        }
        catch (InvalidOperationException)
        {
            Add(ref reader, "value", "cpis-json-surrogate", "The name holds half of a surrogate pair.");
            return default;
        }
    }

    private void CountElement(ref Utf8JsonReader reader)
    {
        if (_depth == 0 || !_levels[_depth - 1].IsArray)
            return;
        var array = _levels[_depth - 1];
        array.Index++;
        if (
            array.Index == limits.MaximumEntries
            && Property().SequenceEqual("entry"u8)
            && (_levels[_depth - 2].IsBundle ?? IsBundleAhead(reader))
        )
            RefuseEntries(ref reader);
        if (array.Index == limits.MaximumContained && Property().SequenceEqual("contained"u8))
            Add(
                ref reader,
                "too-long",
                "cpis-json-contained",
                $"A resource contains more than {limits.MaximumContained} resources."
            );
    }

    /// <summary>Where entries are before the type of their resource: reads on from a copy until it comes.</summary>
    private static bool IsBundleAhead(Utf8JsonReader reader)
    {
        // A token in an array says the depth of what is inside it; the members of the object around it stand one less deep.
        var depth = reader.CurrentDepth - 1;
        while (reader.Read() && reader.CurrentDepth >= depth)
            if (reader.CurrentDepth == depth && reader.TokenType == JsonTokenType.PropertyName)
                if (reader.ValueTextEquals("resourceType"u8))
                    return reader.Read()
                        && reader.TokenType == JsonTokenType.String
                        && reader.ValueTextEquals("Bundle"u8);
        return false;
    }

    private void RefuseEntries(ref Utf8JsonReader reader)
    {
        if (_depth == 2)
            _root = "Bundle";
        var place = Place();
        TooManyEntries = new Issue(
            "too-long",
            $"The Bundle has more than {limits.MaximumEntries} entries; at most {limits.MaximumEntries} are allowed. Send several Bundles.",
            place[..place.LastIndexOf('[')],
            SpineCodes.TooManyValues,
            Rule: "cpis-upload-entries"
        )
        {
            Position = JsonPosition.Locate(json.Span, (int)reader.TokenStartIndex),
        };
    }

    private void Text(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > limits.MaximumStringBytes)
        {
            Add(
                ref reader,
                "too-long",
                "cpis-json-string-length",
                $"The string is longer than {limits.MaximumStringBytes} bytes."
            );
            return;
        }

        if (reader.ValueIsEscaped && !EscapesAreAllowed(ref reader))
            return;
        var property = Property();
        if (property.SequenceEqual("resourceType"u8) && !_levels[_depth - 1].IsArray)
            _levels[_depth - 1].IsBundle = reader.ValueTextEquals("Bundle"u8);
        if (_depth == 1 && property.SequenceEqual("resourceType"u8) && IsTypeName(reader.ValueSpan))
            _root = Encoding.ASCII.GetString(reader.ValueSpan);
        if (!limits.ChecksValues)
            return;
        if (IsBlank(ref reader))
            Add(ref reader, "value", "cpis-json-blank", "The string is empty or blank; leave the element out instead.");
        else if (JsonStrings.IsUntrimmed(property, reader.ValueSpan))
            Add(ref reader, "value", "cpis-json-trim", "The value begins or ends with white space.");
        else if (JsonStrings.LacksSeconds(property, reader.ValueSpan))
            Add(
                ref reader,
                "value",
                "cpis-json-seconds",
                "A dateTime with a time needs seconds and a time zone, such as 2026-11-02T09:30:00Z."
            );
    }

    private bool EscapesAreAllowed(ref Utf8JsonReader reader)
    {
        try
        {
            if (!reader.GetString()!.Any(c => c < ' ' && c is not ('\t' or '\r' or '\n')))
                return true;
            Add(ref reader, "value", "cpis-json-control", ControlCharacter);
        }
        catch (InvalidOperationException)
        {
            Add(ref reader, "value", "cpis-json-surrogate", "The string holds half of a surrogate pair.");
        }

        return false;
    }

    private const string ControlCharacter =
        "The string holds a control character; FHIR allows tab, carriage return and line feed only.";

    private static bool IsBlank(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            foreach (var b in reader.ValueSpan)
                if (b is > 0x20 and < 0x7F)
                    return false;
        return string.IsNullOrWhiteSpace(reader.GetString());
    }

    private static bool IsTypeName(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > 64)
            return false;
        foreach (var b in name)
            if (!char.IsAsciiLetter((char)b))
                return false;
        return true;
    }

    /// <summary>Name of the property whose value, or an element of whose array, is being read.</summary>
    private ReadOnlySpan<byte> Property()
    {
        for (var depth = _depth - 1; depth >= 0; depth--)
            if (!_levels[depth].IsArray)
                return _levels[depth].Current.Span;
        return default;
    }

    private bool Add(ref Utf8JsonReader reader, string code, string rule, string diagnostics, bool stop = false)
    {
        var (line, column) = JsonPosition.Locate(json.Span, (int)reader.TokenStartIndex);
        _issues.Add(
            new Issue(
                code,
                $"{diagnostics} ({JsonPosition.Of(line, column)})",
                _depth == 0 ? null : Place(),
                SpineCodes.InvalidValue,
                Rule: rule
            )
            {
                Position = (line, column),
            }
        );
        return !stop && _issues.Count < limits.MaximumIssues;
    }

    private string Place()
    {
        var place = new StringBuilder(_root);
        for (var depth = 0; depth < _depth; depth++)
        {
            var level = _levels[depth];
            if (level.IsArray && level.Index >= 0)
                place.Append(CultureInfo.InvariantCulture, $"[{level.Index}]");
            else if (!level.IsArray && !level.Current.IsEmpty)
                place.Append('.').Append(JsonStrings.Shown(level.Current.Span));
        }

        return place.ToString();
    }

    /// <summary>One open object or array; reused for the next one at the same depth.</summary>
    private sealed class Level
    {
        public bool IsArray { get; private set; }

        public int Index { get; set; }

        /// <summary>Whether the object is a Bundle; null while its type has not come.</summary>
        public bool? IsBundle { get; set; }

        public ReadOnlyMemory<byte> Current { get; set; }

        public List<ReadOnlyMemory<byte>> Names { get; } = [];

        public void Begin(bool isArray)
        {
            (IsArray, Index, Current, IsBundle) = (isArray, -1, default, null);
            Names.Clear();
        }
    }
}
