using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// The form of a key file: <c>{"blindIndexKey":"base64","keys":[{"id":"2026-11","key":"base64"}]}</c>. Whatever is wrong
/// with it is told by its place; nothing of it is repeated, because a slip of the editor puts a key anywhere.
/// </summary>
internal static class ProtectionKeyJson
{
    private const string BlindIndexKey = "blindIndexKey";
    private const string Keys = "keys";
    private const string Id = "id";
    private const string Key = "key";

    /// <exception cref="InvalidDataException">It is not a key file; the message says where.</exception>
    public static ProtectionKeys Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Read(document.RootElement);
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException(
                broken.LineNumber is { } line
                    ? $"it is not JSON (line {line + 1}, byte {broken.BytePositionInLine + 1})."
                    : "a member occurs twice."
            );
        }
    }

    /// <summary>Writes a key file.</summary>
    public static byte[] Write(ProtectionKeys keys)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBase64String(BlindIndexKey, keys.BlindIndexKey);
            json.WriteStartArray(Keys);
            foreach (var key in keys.Keys)
            {
                json.WriteStartObject();
                json.WriteString(Id, key.Id);
                json.WriteBase64String(Key, key.Key);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        byte[] file = [.. buffer.WrittenSpan, (byte)'\n'];
        buffer.Clear();
        return file;
    }

    private static ProtectionKeys Read(JsonElement root)
    {
        CheckMembers(root, "it", BlindIndexKey, Keys);
        var list = root.GetProperty(Keys);
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            throw new InvalidDataException("keys must be a list of one or more keys.");
        var keys = new List<KeyEncryptionKey>();
        foreach (var item in list.EnumerateArray())
        {
            var place = $"keys[{keys.Count}]";
            CheckMembers(item, place, Id, Key);
            var id = item.GetProperty(Id) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
            if (!KeyEncryptionKey.IsId(id))
                throw new InvalidDataException(
                    $"{place}.id must be 1 to {KeyEncryptionKey.LongestId} letters, digits, '.', '_' or '-'."
                );
            keys.Add(Use(item.GetProperty(Key), $"{place}.key", key => new KeyEncryptionKey(id!, key)));
        }

        return Use(root.GetProperty(BlindIndexKey), BlindIndexKey, key => Together(key, keys));
    }

    private static ProtectionKeys Together(ReadOnlySpan<byte> blindIndexKey, List<KeyEncryptionKey> keys)
    {
        try
        {
            return new ProtectionKeys(blindIndexKey, keys);
        }
        catch (ArgumentException twice)
        {
            throw new InvalidDataException(twice.Message.Split(" (Parameter", 2)[0]);
        }
    }

    /// <summary>Reads a key and wipes what it was read into.</summary>
    private static T Use<T>(JsonElement element, string place, Func<ReadOnlySpan<byte>, T> use)
    {
        var key =
            element.ValueKind == JsonValueKind.String && element.TryGetBytesFromBase64(out var bytes) ? bytes : [];
        try
        {
            return KeyEncryptionKey.IsKey(key)
                ? use(key)
                : throw new InvalidDataException(
                    $"{place} is not the base64 of 32 random bytes (`cpis protection new-key-file` makes one)."
                );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static void CheckMembers(JsonElement element, string place, params string[] expected)
    {
        if (
            element.ValueKind != JsonValueKind.Object
            || element.EnumerateObject().Any(member => !expected.Contains(member.Name))
            || !expected.All(name => element.TryGetProperty(name, out _))
        )
            throw new InvalidDataException(
                $"{place} must have these members and no others: {string.Join(", ", expected)}."
            );
    }
}
