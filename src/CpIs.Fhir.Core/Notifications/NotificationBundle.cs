using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Writes notifications and statuses in the R4 form of the R5 Backport, straight to UTF-8. What they say of a child is
/// nothing: an event's number, its time and the id of the AuditEvent to fetch; the AuditEvent itself only where
/// <c>full-resource</c> is allowed and asked for.
/// </summary>
/// <param name="fhirBase">Tells the FHIR base under which receivers find this server, without a slash at the end; it is known once the server listens.</param>
public sealed class NotificationBundle(Func<string> fhirBase)
{
    /// <summary>A Bundle to post.</summary>
    /// <param name="id">See <see cref="NotificationId"/>.</param>
    /// <param name="type">Handshake, heartbeat or event notification.</param>
    /// <param name="standing">Where the Subscription stands.</param>
    /// <param name="events">The events reported; empty for a handshake and a heartbeat.</param>
    /// <param name="now">When it is assembled.</param>
    /// <param name="accesses">With <c>full-resource</c>: the accesses as their reader may see them. One that is not among them is told by reference.</param>
    /// <param name="links">Where an answer has other pages; null for none.</param>
    /// <param name="hints">What else its reader should know; null for nothing.</param>
    public byte[] Write(
        string id,
        NotificationType type,
        SubscriptionStanding standing,
        IReadOnlyList<NotificationEvent> events,
        DateTimeOffset now,
        NotifiedAccesses? accesses = null,
        IReadOnlyList<(string Relation, string Url)>? links = null,
        IReadOnlyList<Issue>? hints = null
    )
    {
        var bytes = new ArrayBufferWriter<byte>(2_048);
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("id", id);
        json.WriteStartObject("meta");
        WriteProfiles(json, BackportCanonicals.Notification, FhirSystems.Profile("CPIS-Notification"));
        NotForPatient.Write(json);
        json.WriteEndObject();
        json.WriteString("type", "history");
        json.WriteString("timestamp", Instant(now));
        WriteLinks(json, links ?? []);
        json.WriteStartArray("entry");
        WriteStatusEntry(json, id, type, standing, events, hints ?? []);
        if (standing.Content != PayloadContent.Empty)
            foreach (var occurrence in events.SelectMany(e => e.Occurrences).Distinct(StringComparer.Ordinal))
                if (accesses?.Occurrences.GetValueOrDefault(occurrence) is { } access)
                    WriteAccessEntry(json, access, accesses.Reader);
                else
                    WriteFocusEntry(json, occurrence);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The answer of <c>$status</c>, of one Subscription as of many: a searchset with Parameters for each.</summary>
    /// <param name="id">Id of the Bundle.</param>
    /// <param name="standings">Where each of them stands.</param>
    /// <param name="self">The request, for <c>link[self]</c>.</param>
    public byte[] WriteStatuses(string id, IReadOnlyList<SubscriptionStanding> standings, string self)
    {
        var bytes = new ArrayBufferWriter<byte>(2_048);
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("id", id);
        json.WriteString("type", "searchset");
        json.WriteNumber("total", standings.Count);
        WriteLinks(json, [("self", self)]);
        if (standings.Count > 0)
        {
            json.WriteStartArray("entry");
            foreach (var standing in standings)
            {
                var statusId = NotificationId.Of(standing.SubscriptionId, []);
                json.WriteStartObject();
                json.WriteString("fullUrl", $"urn:uuid:{statusId}");
                json.WritePropertyName("resource");
                WriteParameters(json, statusId, NotificationType.QueryStatus, standing, []);
                json.WriteStartObject("search");
                json.WriteString("mode", "match");
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    private static void WriteLinks(Utf8JsonWriter json, IReadOnlyList<(string Relation, string Url)> links)
    {
        if (links.Count == 0)
            return;
        json.WriteStartArray("link");
        foreach (var (relation, url) in links)
        {
            json.WriteStartObject();
            json.WriteString("relation", relation);
            json.WriteString("url", url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteStatusEntry(
        Utf8JsonWriter json,
        string id,
        NotificationType type,
        SubscriptionStanding standing,
        IReadOnlyList<NotificationEvent> events,
        IReadOnlyList<Issue> hints
    )
    {
        json.WriteStartObject();
        json.WriteString("fullUrl", $"urn:uuid:{id}");
        json.WritePropertyName("resource");
        WriteParameters(json, id, type, standing, events);
        WriteExchange(json, "GET", $"{fhirBase()}/Subscription/{standing.SubscriptionId}/$status", "200", hints);
        json.WriteEndObject();
    }

    private void WriteFocusEntry(Utf8JsonWriter json, string occurrence)
    {
        json.WriteStartObject();
        json.WriteString("fullUrl", $"{fhirBase()}/AuditEvent/{occurrence}");
        WriteExchange(json, "POST", "AuditEvent", "201");
        json.WriteEndObject();
    }

    /// <summary>The AuditEvent to the letter as a GET by the same reader gives it.</summary>
    private void WriteAccessEntry(Utf8JsonWriter json, Occurrence access, Caller reader)
    {
        var url = $"{fhirBase()}/AuditEvent/{access.Id}";
        json.WriteStartObject();
        json.WriteString("fullUrl", url);
        json.WritePropertyName("resource");
        json.WriteRawValue(AuditEventWriter.ToBytes(access, fhirBase(), reader), skipInputValidation: true);
        WriteExchange(json, "GET", url, "200");
        json.WriteEndObject();
    }

    /// <summary>bdl-3 and bdl-4: every entry of a history has request and response.</summary>
    private static void WriteExchange(
        Utf8JsonWriter json,
        string method,
        string url,
        string status,
        IReadOnlyList<Issue>? hints = null
    )
    {
        json.WriteStartObject("request");
        json.WriteString("method", method);
        json.WriteString("url", url);
        json.WriteEndObject();
        json.WriteStartObject("response");
        json.WriteString("status", status);
        if (hints is { Count: > 0 })
        {
            json.WritePropertyName("outcome");
            json.WriteRawValue(OperationOutcomeWriter.ToBytes(hints), skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    private void WriteParameters(
        Utf8JsonWriter json,
        string id,
        NotificationType type,
        SubscriptionStanding standing,
        IReadOnlyList<NotificationEvent> events
    )
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "Parameters");
        json.WriteString("id", id);
        json.WriteStartObject("meta");
        WriteProfiles(json, BackportCanonicals.Status);
        json.WriteEndObject();
        json.WriteStartArray("parameter");
        WriteReference(json, "subscription", $"{fhirBase()}/Subscription/{standing.SubscriptionId}");
        if (standing.Content != PayloadContent.Empty)
            WriteValue(json, "topic", "valueCanonical", standing.Topic.Row().Canonical);
        WriteValue(json, "status", "valueCode", SubscriptionDocument.StatusCode(standing.Status));
        WriteValue(json, "type", "valueCode", type.Code());
        WriteValue(json, "events-since-subscription-start", "valueString", Number(standing.EventCount));
        if (standing.IsPlaceOfAction is { } isPlace)
            WriteValue(json, "place-of-action", isPlace);
        foreach (var notice in events)
            WriteEvent(json, notice, standing.Content);
        if (standing.Error is not null)
            WriteError(json, standing.Error);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteEvent(Utf8JsonWriter json, NotificationEvent notice, PayloadContent content)
    {
        json.WriteStartObject();
        json.WriteString("name", "notification-event");
        json.WriteStartArray("part");
        WriteValue(json, "event-number", "valueString", Number(notice.Number));
        WriteValue(json, "timestamp", "valueInstant", Instant(notice.Time));
        // The guide allows one focus; what was coalesced into the same event follows as its context.
        if (content != PayloadContent.Empty)
            for (var i = 0; i < notice.Occurrences.Count; i++)
                WriteReference(
                    json,
                    i == 0 ? "focus" : "additional-context",
                    $"{fhirBase()}/AuditEvent/{notice.Occurrences[i]}"
                );
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, string error)
    {
        json.WriteStartObject();
        json.WriteString("name", "error");
        json.WriteStartObject("valueCodeableConcept");
        json.WriteStartArray("coding");
        json.WriteStartObject();
        json.WriteString("system", BackportCanonicals.ErrorCodes);
        json.WriteString("code", DeliveryError.CodeOf(error));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("text", error);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteProfiles(Utf8JsonWriter json, params string[] profiles)
    {
        json.WriteStartArray("profile");
        foreach (var profile in profiles)
            json.WriteStringValue(profile);
        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, string type, string value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString(type, value);
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, bool value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteBoolean("valueBoolean", value);
        json.WriteEndObject();
    }

    private static void WriteReference(Utf8JsonWriter json, string name, string reference)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartObject("valueReference");
        json.WriteString("reference", reference);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
