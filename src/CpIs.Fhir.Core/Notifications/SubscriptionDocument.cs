using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Topics;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The stored form of a Subscription: its JSON as its owner reads it (header values masked, no narrative) with the
/// engine's terms and the search values next to it.
/// </summary>
public static class SubscriptionDocument
{
    /// <summary>A version made of what a client sent.</summary>
    /// <param name="parsed">What the client sent.</param>
    /// <param name="terms">The terms in force: those of <paramref name="parsed"/>, or with <see cref="SubscriptionTerms.Activated"/> kept from before.</param>
    /// <param name="id">Its id.</param>
    /// <param name="version">Its version.</param>
    /// <param name="authority">Its owner.</param>
    /// <param name="now">When.</param>
    public static StoredResource Create(
        ParsedSubscription parsed,
        SubscriptionTerms terms,
        string id,
        int version,
        OdsCode authority,
        DateTimeOffset now
    )
    {
        var lastUpdated = Milliseconds(now);
        var resource = (Subscription)parsed.Resource.DeepCopy();
        resource.Id = id;
        resource.Error = null;
        resource.Meta = new Meta
        {
            VersionId = version.ToString(CultureInfo.InvariantCulture),
            LastUpdated = lastUpdated,
            Profile = [BackportCanonicals.Subscription, FhirSystems.Profile("CPIS-Subscription")],
        };
        resource.Channel.Payload = terms.ContentType;
        resource.Channel.PayloadElement!.SetExtension(
            BackportCanonicals.PayloadContent,
            new Code(ContentCode(terms.Content))
        );
        resource.Channel.Header = [.. terms.Headers.Select(ChannelHeaders.Masked)];
        return new StoredResource
        {
            Type = RecordType.Subscription,
            Id = id,
            Version = version,
            LastUpdated = lastUpdated,
            Authority = authority,
            Body = FhirJsonSerializer.Default.SerializeToBytes(resource),
            Subscription = terms,
            Tokens = Tokens(terms),
        };
    }

    /// <summary>The next version, in which only the server's own fields change.</summary>
    /// <param name="current">The version before.</param>
    /// <param name="terms">The terms from now on.</param>
    /// <param name="error">What is in <c>Subscription.error</c>, or null for nothing.</param>
    /// <param name="now">When.</param>
    public static StoredResource Next(
        StoredResource current,
        SubscriptionTerms terms,
        string? error,
        DateTimeOffset now
    )
    {
        var lastUpdated = Milliseconds(now);
        var json = JsonNode.Parse(current.Body.Span)!.AsObject();
        json["meta"]!["versionId"] = (current.Version + 1).ToString(CultureInfo.InvariantCulture);
        json["meta"]!["lastUpdated"] = lastUpdated.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        json["status"] = StatusCode(terms.Status);
        json.Remove("error");
        if (error is not null)
            json["error"] = error;
        return current with
        {
            Version = current.Version + 1,
            LastUpdated = lastUpdated,
            Body = System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()),
            Subscription = terms,
            Tokens = Tokens(terms),
        };
    }

    /// <summary>
    /// The answer to whoever has just written it: the stored form with the header lines as that request sent them, so that
    /// nobody is shown a value that he did not send. What is stored, the answer kept for a repeat included, stays masked.
    /// </summary>
    /// <param name="stored">The body of the first answer, header values masked.</param>
    /// <param name="sent">The body of the request, whether it is the first or a repeat of it.</param>
    public static ReadOnlyMemory<byte> Echo(ReadOnlyMemory<byte> stored, ReadOnlyMemory<byte> sent)
    {
        if (JsonNode.Parse(sent.Span)?["channel"]?["header"] is not { } lines)
            return stored;
        var json = JsonNode.Parse(stored.Span)!;
        json["channel"]!["header"] = lines.DeepClone();
        return System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    /// <summary>The FHIR code of a status.</summary>
    public static string StatusCode(SubscriptionStatus status) =>
        status switch
        {
            SubscriptionStatus.Requested => "requested",
            SubscriptionStatus.Active => "active",
            SubscriptionStatus.Error => "error",
            SubscriptionStatus.Off => "off",
            _ => throw new ArgumentOutOfRangeException(nameof(status)),
        };

    /// <summary>The code of a content level in the R5 Backport.</summary>
    public static string ContentCode(PayloadContent content) =>
        content switch
        {
            PayloadContent.Empty => "empty",
            PayloadContent.IdOnly => "id-only",
            PayloadContent.FullResource => "full-resource",
            _ => throw new ArgumentOutOfRangeException(nameof(content)),
        };

    /// <summary>Search value of a status.</summary>
    public static string StatusToken(string code) => SearchTokens.Exact("status", code);

    /// <summary>Search value of an endpoint.</summary>
    public static string UrlToken(string url) => SearchTokens.Exact("url", url);

    /// <summary>Search value of a topic; none for the first, which every Subscription had before there were others.</summary>
    public static IEnumerable<string> TopicTokens(Topic topic) =>
        topic == Topic.RecordAccessed ? [] : [SearchTokens.Exact("criteria", topic.Row().Canonical)];

    private static string[] Tokens(SubscriptionTerms terms) =>
        [
            StatusToken(StatusCode(terms.Status)),
            .. terms.Channel == ChannelKind.Inbox ? [] : new[] { UrlToken(terms.Endpoint) },
            .. TopicTokens(terms.Topic),
        ];

    private static DateTimeOffset Milliseconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
