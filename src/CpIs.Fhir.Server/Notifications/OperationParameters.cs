using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>Reads posted Parameters whose values are all simple strings (ids, codes, strings).</summary>
internal static class OperationParameters
{
    public static bool TryRead(
        ReadOnlyMemory<byte> body,
        [NotNullWhen(true)] out List<KeyValuePair<string, string>>? parameters
    )
    {
        parameters = null;
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.GetProperty("resourceType").GetString() != "Parameters")
                return false;
            var read = new List<KeyValuePair<string, string>>();
            if (root.TryGetProperty("parameter", out var list))
                foreach (var parameter in list.EnumerateArray())
                {
                    var value = parameter
                        .EnumerateObject()
                        .Single(p => p.Name is "valueId" or "valueCode" or "valueString");
                    read.Add(new(parameter.GetProperty("name").GetString() ?? "", value.Value.GetString() ?? ""));
                }

            parameters = read;
            return true;
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
        }
    }
}
