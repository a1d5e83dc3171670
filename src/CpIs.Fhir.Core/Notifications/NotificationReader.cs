using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Reads a notification Bundle (R5 Backport in R4) on the receiving side. It reads what it needs and passes over the
/// rest; verify the signature first (<see cref="WebhookSignature.Verify"/>).
/// </summary>
public static class NotificationReader
{
    /// <summary>False when the body is not a notification Bundle.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out Notification? notification)
    {
        notification = null;
        try
        {
            using var document = JsonDocument.Parse(body);
            notification = Read(document.RootElement);
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return false;
        }

        return notification is not null;
    }

    private static Notification? Read(JsonElement bundle)
    {
        if (
            Text(bundle, "resourceType") != "Bundle"
            || !bundle.TryGetProperty("entry", out var entries)
            || entries.GetArrayLength() == 0
            || !entries[0].TryGetProperty("resource", out var status)
            || Text(status, "resourceType") != "Parameters"
            || !status.TryGetProperty("parameter", out var list)
        )
            return null;
        var parameters = list.EnumerateArray().ToList();
        var type = NotificationTypes.FromCode(Text(Named(parameters, "type"), "valueCode"));
        var subscription = Reference(Named(parameters, "subscription"));
        if (type is null || subscription is null)
            return null;
        var count = Text(Named(parameters, "events-since-subscription-start"), "valueString");
        return new Notification(
            Text(bundle, "id"),
            type.Value,
            subscription,
            Text(Named(parameters, "status"), "valueCode") ?? "",
            count is null ? null : long.Parse(count, CultureInfo.InvariantCulture),
            [.. parameters.Where(p => Text(p, "name") == "notification-event").Select(ReadEvent)]
        );
    }

    private static NotifiedEvent ReadEvent(JsonElement parameter)
    {
        var parts = parameter.GetProperty("part").EnumerateArray().ToList();
        var number = Text(Named(parts, "event-number"), "valueString");
        var time = Text(Named(parts, "timestamp"), "valueInstant");
        return new NotifiedEvent(
            long.Parse(number ?? "", CultureInfo.InvariantCulture),
            time is null ? null : DateTimeOffset.Parse(time, CultureInfo.InvariantCulture),
            [
                .. parts
                    .Where(p => Text(p, "name") is "focus")
                    .Concat(parts.Where(p => Text(p, "name") is "additional-context"))
                    .Select(Reference)
                    .OfType<string>(),
            ]
        );
    }

    private static JsonElement Named(List<JsonElement> parameters, string name) =>
        parameters.FirstOrDefault(p => Text(p, "name") == name);

    private static string? Reference(JsonElement parameter) =>
        parameter.ValueKind == JsonValueKind.Object && parameter.TryGetProperty("valueReference", out var value)
            ? Text(value, "reference")
            : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            ? value.GetString()
            : null;
}
