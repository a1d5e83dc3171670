using System.Globalization;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>A Subscription that may be stored.</summary>
/// <param name="Terms">What the engine needs of it, header values included.</param>
/// <param name="Resource">What was sent.</param>
public sealed record ParsedSubscription(SubscriptionTerms Terms, Subscription Resource);

/// <summary>
/// Reads a Subscription in the R4 form of the R5 Backport and refuses whatever this server would not do: the guide says
/// SHALL reject. Its shape is judged by CPIS-Subscription, as everywhere; here is what a profile cannot say: which statuses a client may set,
/// where this server may send to, and what it sends. Every problem is reported at once, each with its place.
/// </summary>
/// <param name="options">What endpoints are allowed.</param>
/// <param name="mesh">Which mailboxes are listed.</param>
/// <param name="check">Reads the resource and judges it by its profile.</param>
/// <param name="time">The clock, for <c>end</c>.</param>
public sealed class SubscriptionParser(
    NotificationOptions options,
    MeshOptions mesh,
    IWriteCheck check,
    TimeProvider time
)
{
    private const string StatusOfClient = "A client can set requested or off. Only the server sets active and error.";

    /// <summary>Reads and checks.</summary>
    /// <param name="json">The body as it came.</param>
    /// <param name="authority">Whose Subscription it will be.</param>
    /// <param name="before">What was kept before, when one is updated: masked header values come from there.</param>
    public Result<ParsedSubscription> Parse(
        ReadOnlyMemory<byte> json,
        OdsCode authority,
        SubscriptionTerms? before = null
    )
    {
        if (check.Read(json, JsonLimits.Default).IsRefused(out var refusal, out var body))
            return refusal;
        if (body.Root.ResourceType is { Length: > 0 } type and not "Subscription")
            return Refusal.Malformed(
                $"The resource must be a Subscription. Sent: {Shown.Value(type)}.",
                body.Root.Path,
                SpineCodes.InvalidValue
            );
        var found = body.Judge().Select(ForClient).ToList();
        void Refuse(string place, string why, string rule)
        {
            // Where the profile has spoken, it has said it.
            if (
                !found.Exists(each =>
                    each.Issue.Expression is { } told && told.StartsWith(place, StringComparison.Ordinal)
                )
            )
                found.Add(
                    new(RefusalKind.Rule, new Issue("business-rule", why, place, SpineCodes.InvalidValue, Rule: rule))
                );
        }

        var terms = ReadTerms(body.Root, authority, before, Refuse);
        if (found.Count > 0)
            return Finding.Refuse(found);
        return ResourceParser.Parse<Subscription>(json, JsonLimits.Default).IsRefused(out refusal, out var resource)
            ? refusal
            : new ParsedSubscription(terms, resource);
    }

    /// <summary>The value set has codes that only the server sets; a client is told of those that it may set.</summary>
    private static Finding ForClient(Finding each) =>
        each.Issue is { Expression: "Subscription.status", Code: "code-invalid" } issue
            ? each with
            {
                Issue = issue with { Diagnostics = StatusOfClient },
            }
            : each;

    private SubscriptionTerms ReadTerms(
        ISentElement subscription,
        OdsCode authority,
        SubscriptionTerms? before,
        Action<string, string, string> refuse
    )
    {
        var status = subscription.Text("status");
        if (status is not ("requested" or "off"))
            refuse("Subscription.status", StatusOfClient, "cpis-subscription-status");
        var channel = subscription.Child("channel");
        var kind = KindOf(channel);
        var topic = ReadTopic(subscription, kind, before, refuse);
        if (before is not null && before.Channel != kind)
            refuse(
                "Subscription.channel.type",
                "A Subscription keeps its type of channel. Create another for the new type, and delete this one.",
                "cpis-subscription-channel"
            );
        var endpoint = channel.Text("endpoint") ?? "";
        // Without an endpoint, the profile has said so, of the channel.
        if (
            kind == ChannelKind.RestHook
            && endpoint.Length > 0
            && EndpointRules.Check(endpoint, authority, options) is { } why
        )
            refuse("Subscription.channel.endpoint", why, "cpis-subscription-endpoint");
        if (kind == ChannelKind.Mesh && endpoint.Length > 0 && mesh.EndpointOf(authority) != endpoint)
            refuse(
                "Subscription.channel.endpoint",
                mesh.EndpointOf(authority) is { } listed
                    ? $"The endpoint must be the mailbox that the operator has listed for this authority: {listed}."
                    : "The operator has listed no MESH mailbox for this authority. Ask the operator, or use another channel.",
                "cpis-subscription-endpoint"
            );
        DateTimeOffset? end = DateTimeOffset.TryParse(
            subscription.Text("end"),
            CultureInfo.InvariantCulture,
            out var sent
        )
            ? sent
            : null;
        if (status == "requested" && end <= time.GetUtcNow())
            refuse(
                "Subscription.end",
                "The end has passed: nobody would be told. Send a later one, or none.",
                "cpis-subscription-end"
            );
        return new SubscriptionTerms
        {
            Status = status == "off" ? SubscriptionStatus.Off : SubscriptionStatus.Requested,
            Topic = topic,
            Channel = kind,
            Endpoint = endpoint,
            Headers = ChannelHeaders.Read(
                [.. (channel?.ChildrenNamed("header") ?? []).Select(header => header.Value ?? "")],
                ChannelHeaders.KeptFor(endpoint, before),
                (place, reason) => refuse(place, reason, "cpis-subscription-header")
            ),
            Content = ReadContent(channel, topic, refuse),
            MaxCount = Number(channel, BackportCanonicals.MaxCount, "valuePositiveInt") ?? 1,
            Timeout = Seconds(Number(channel, BackportCanonicals.Timeout, "valueUnsignedInt")),
            Heartbeat = Seconds(Number(channel, BackportCanonicals.HeartbeatPeriod, "valueUnsignedInt")),
            End = end,
            PlaceOfAction = Extension(subscription, FhirSystems.PlaceOfAction).Text("valueBoolean") switch
            {
                "true" => true,
                "false" => false,
                _ => null,
            },
        };
    }

    private static Topic ReadTopic(
        ISentElement subscription,
        ChannelKind kind,
        SubscriptionTerms? before,
        Action<string, string, string> refuse
    )
    {
        const string Place = "Subscription.criteria";
        const string Rule = "cpis-subscription-topic";
        if (TopicTable.OfCanonical(subscription.Text("criteria")) is not { } topic)
        {
            refuse(Place, $"The topic must be one of {Canonicals(_ => true)}.", Rule);
            return default;
        }

        if (before is not null && before.Topic != topic)
            refuse(
                Place,
                "A Subscription keeps its topic. Create another for the new topic, and delete this one.",
                Rule
            );
        if (kind == ChannelKind.Mesh && !topic.Row().InMesh)
            refuse(
                Place,
                $"Into a MESH mailbox goes only {Canonicals(row => row.InMesh)}. Use an inbox or a rest-hook for this topic.",
                Rule
            );
        return topic;
    }

    private static string Canonicals(Func<TopicRow, bool> which) =>
        string.Join(", ", TopicTable.All.Where(which).Select(row => row.Canonical));

    private static ChannelKind KindOf(ISentElement? channel) =>
        channel.Text("type") != "message" ? ChannelKind.RestHook
        : Extension(channel.At("type"), BackportCanonicals.ChannelType).Text("valueCoding", "code") == "mesh"
            ? ChannelKind.Mesh
        : ChannelKind.Inbox;

    private PayloadContent ReadContent(ISentElement? channel, Topic topic, Action<string, string, string> refuse)
    {
        var extension = Extension(channel.At("payload"), BackportCanonicals.PayloadContent);
        switch (extension.Text("valueCode"))
        {
            case "empty":
                return PayloadContent.Empty;
            case "full-resource" when options.AllowFullResource && topic == Topic.RecordAccessed:
                return PayloadContent.FullResource;
            case "full-resource":
                refuse(
                    extension!.Path,
                    $"The content level full-resource is not allowed{(options.AllowFullResource ? " on this topic" : "")}: a notification carries no personal data. Ask for id-only or empty.",
                    "cpis-subscription-content"
                );
                return PayloadContent.FullResource;
            default:
                return PayloadContent.IdOnly;
        }
    }

    private static ISentElement? Extension(ISentElement? element, string url) =>
        element?.ChildrenNamed("extension").FirstOrDefault(each => each.Text("url") == url);

    private static int? Number(ISentElement? channel, string url, string name) =>
        int.TryParse(
            Extension(channel, url).Text(name),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
