using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace CpIs.Fhir.Core;

/// <summary>Writes a Parameters resource straight to UTF-8: the answer of an operation.</summary>
public sealed class ParametersWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _bytes = new(2_048);
    private readonly Utf8JsonWriter _json;

    /// <summary>An empty one.</summary>
    /// <param name="profile">The profile that it claims; null for none.</param>
    /// <param name="into">Where it is written as it grows; null to keep it until <see cref="Finish"/>.</param>
    public ParametersWriter(string? profile = null, IBufferWriter<byte>? into = null)
    {
        _json = new Utf8JsonWriter(into ?? _bytes);
        _json.WriteStartObject();
        _json.WriteString("resourceType", "Parameters");
        if (profile is not null)
        {
            _json.WriteStartObject("meta");
            _json.WriteStartArray("profile");
            _json.WriteStringValue(profile);
            _json.WriteEndArray();
            _json.WriteEndObject();
        }

        _json.WriteStartArray("parameter");
    }

    /// <summary>A parameter with parts, which follow until <see cref="End"/>.</summary>
    public ParametersWriter Begin(string name)
    {
        _json.WriteStartObject();
        _json.WriteString("name", name);
        _json.WriteStartArray("part");
        return this;
    }

    /// <summary>Ends what <see cref="Begin"/> began.</summary>
    public ParametersWriter End()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        return this;
    }

    /// <summary>A value that JSON writes as a string; nothing for null.</summary>
    /// <param name="name">Name of the parameter.</param>
    /// <param name="type">Such as <c>valueString</c> or <c>valueCode</c>.</param>
    /// <param name="value">The value.</param>
    public ParametersWriter Add(string name, string type, string? value)
    {
        if (value is null)
            return this;
        _json.WriteStartObject();
        _json.WriteString("name", name);
        _json.WriteString(type, value);
        _json.WriteEndObject();
        return this;
    }

    /// <summary>An integer; nothing for null.</summary>
    public ParametersWriter Add(string name, long? value)
    {
        if (value is not { } number)
            return this;
        _json.WriteStartObject();
        _json.WriteString("name", name);
        // FHIR's integer has 32 bits; none of ours comes near.
        _json.WriteNumber("valueInteger", number);
        _json.WriteEndObject();
        return this;
    }

    /// <summary>A truth value.</summary>
    public ParametersWriter Add(string name, bool value)
    {
        _json.WriteStartObject();
        _json.WriteString("name", name);
        _json.WriteBoolean("valueBoolean", value);
        _json.WriteEndObject();
        return this;
    }

    /// <summary>An instant in UTC to the millisecond; nothing for null.</summary>
    public ParametersWriter Add(string name, DateTimeOffset? time) =>
        Add(name, "valueInstant", time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));

    /// <summary>A reference.</summary>
    public ParametersWriter AddReference(string name, string reference)
    {
        _json.WriteStartObject();
        _json.WriteString("name", name);
        _json.WriteStartObject("valueReference");
        _json.WriteString("reference", reference);
        _json.WriteEndObject();
        _json.WriteEndObject();
        return this;
    }

    /// <summary>An identifier.</summary>
    public ParametersWriter AddIdentifier(string name, string system, string value)
    {
        _json.WriteStartObject();
        _json.WriteString("name", name);
        _json.WriteStartObject("valueIdentifier");
        _json.WriteString("system", system);
        _json.WriteString("value", value);
        _json.WriteEndObject();
        _json.WriteEndObject();
        return this;
    }

    /// <summary>A coding.</summary>
    public ParametersWriter AddCoding(string name, string system, string code, string display)
    {
        _json.WriteStartObject();
        _json.WriteString("name", name);
        _json.WriteStartObject("valueCoding");
        _json.WriteString("system", system);
        _json.WriteString("code", code);
        _json.WriteString("display", display);
        _json.WriteEndObject();
        _json.WriteEndObject();
        return this;
    }

    /// <summary>Writes what there is so far to where it goes.</summary>
    public void Flush() => _json.Flush();

    /// <summary>The whole; nothing where it was written elsewhere.</summary>
    public byte[] Finish()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        return _bytes.WrittenSpan.ToArray();
    }

    /// <inheritdoc />
    public void Dispose() => _json.Dispose();
}
