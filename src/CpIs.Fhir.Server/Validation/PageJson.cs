using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CpIs.Fhir.Server.Validation;

/// <summary>How JSON is laid out for people.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class PageJson : JsonSerializerContext
{
    /// <summary>Two blanks a level, letters as letters; the page encodes what HTML must have encoded.</summary>
    public static PageJson Indented { get; } =
        new(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
