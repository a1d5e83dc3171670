using System.Text.Json;
using System.Text.Json.Serialization;

namespace CpIs.Fhir.Storage.Sqlite.Records;

/// <summary>
/// A list as one SQL parameter, opened by SQLite's <c>json_each</c>: one statement for any number of values, prepared once.
/// </summary>
internal static class JsonArray
{
    public static byte[] Of(IEnumerable<string> values) =>
        JsonSerializer.SerializeToUtf8Bytes([.. values], JsonArrayContext.Default.StringArray);

    public static byte[] Of(IEnumerable<long> values) =>
        JsonSerializer.SerializeToUtf8Bytes([.. values], JsonArrayContext.Default.Int64Array);
}

[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(long[]))]
internal sealed partial class JsonArrayContext : JsonSerializerContext;
