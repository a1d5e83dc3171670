using System.Net.Http.Headers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>A Subscription that may be stored.</summary>
/// <param name="Terms">What the engine needs of it, header values included.</param>
/// <param name="Resource">What was sent.</param>
public sealed record ParsedSubscription(SubscriptionTerms Terms, Subscription Resource);

/// <summary>
/// Reads a Subscription in the R4 form of the R5 Backport and refuses whatever this server would not do: the guide says
/// SHALL reject. Every problem is reported at once, each with its place.
/// </summary>
/// <param name="options">What endpoints are allowed.</param>
/// <param name="check">Has the last look at what keeps every rule here; null for none.</param>
public sealed class SubscriptionParser(NotificationOptions options, IWriteCheck? check = null)
{
    /// <summary>The shortest heartbeat that may be asked for.</summary>
    public static readonly TimeSpan ShortestHeartbeat = TimeSpan.FromSeconds(60);

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
        if (
            ResourceParser
                .Parse<Subscription>(json, JsonLimits.Default)
                .IsRefused(out var refusal, out var subscription)
        )
            return refusal;
        var issues = new List<Issue>();
        void Refuse(string place, string why, string rule) =>
            issues.Add(new Issue("business-rule", Sentence(why), place, SpineCodes.InvalidValue, Rule: rule));

        CheckShape(subscription, Refuse);
        CheckCriteria(subscription, Refuse);
        var channel = subscription.Channel ?? new Subscription.ChannelComponent();
        CheckChannelType(channel, Refuse);
        if (EndpointRules.Check(channel.Endpoint, authority, options) is { } why)
            Refuse("Subscription.channel.endpoint", why, "cpis-subscription-endpoint");
        CheckPayload(channel, Refuse);
        var terms = new SubscriptionTerms
        {
            Status = ReadStatus(subscription, Refuse),
            Endpoint = channel.Endpoint ?? "",
            Headers = ChannelHeaders.Read(
                [.. (channel.Header ?? []).OfType<string>()],
                ChannelHeaders.KeptFor(channel.Endpoint, before),
                (place, reason) => Refuse(place, reason, "cpis-subscription-header")
            ),
            Content = ReadContent(channel, Refuse),
            MaxCount = ReadNumber(channel, BackportCanonicals.MaxCount, 1, 100, Refuse) ?? 1,
            Timeout = Seconds(ReadNumber(channel, BackportCanonicals.Timeout, 1, 30, Refuse)),
            Heartbeat = Seconds(
                ReadNumber(
                    channel,
                    BackportCanonicals.HeartbeatPeriod,
                    (int)ShortestHeartbeat.TotalSeconds,
                    86_400,
                    Refuse
                )
            ),
            End = subscription.End,
        };
        if (issues.Count > 0)
            return new Refusal(RefusalKind.Rule, issues);
        return Unfit(json) is { } unfit ? unfit : new ParsedSubscription(terms, subscription);
    }

    /// <summary>What the profile finds in what keeps every rule here.</summary>
    private Refusal? Unfit(ReadOnlyMemory<byte> json)
    {
        if (check is null)
            return null;
        if (check.Read(json, JsonLimits.Default).IsRefused(out var refusal, out var body))
            return refusal;
        var found = body.Judge();
        return found.Count == 0 ? null : new Refusal(RefusalKind.Rule, [.. found.Select(finding => finding.Issue)]);
    }

    private static void CheckShape(Subscription subscription, Action<string, string, string> refuse)
    {
        if (subscription.Contained.Count > 0)
            refuse(
                "Subscription.contained",
                "a Subscription cannot contain other resources.",
                "cpis-subscription-shape"
            );
        if (subscription.ModifierExtension.Count > 0)
            refuse(
                "Subscription.modifierExtension",
                "modifier extensions are not supported.",
                "cpis-subscription-shape"
            );
        if (subscription.Extension.Count > 0)
            refuse("Subscription.extension", "this extension is not supported.", "cpis-subscription-shape");
        if (subscription.Contact.Count > 0)
            refuse(
                "Subscription.contact",
                "do not name a person in a Subscription. The operator knows whom to reach.",
                "cpis-subscription-shape"
            );
        if (subscription.ImplicitRules is not null)
            refuse("Subscription.implicitRules", "implicit rules are not supported.", "cpis-subscription-shape");
    }

    private static void CheckCriteria(Subscription subscription, Action<string, string, string> refuse)
    {
        if (subscription.Criteria != FhirSystems.RecordAccessedTopic)
            refuse(
                "Subscription.criteria",
                $"the topic must be {FhirSystems.RecordAccessedTopic}.",
                "cpis-subscription-topic"
            );
        if (subscription.CriteriaElement?.GetExtensions(BackportCanonicals.FilterCriteria).Any() == true)
            refuse(
                "Subscription.criteria.extension",
                "this topic has no filters: an authority receives a notice of every access to its own children, and of no others.",
                "cpis-subscription-filter"
            );
    }

    private static void CheckChannelType(Subscription.ChannelComponent channel, Action<string, string, string> refuse)
    {
        if (channel.Type is { } type && type != Subscription.SubscriptionChannelType.RestHook)
            refuse("Subscription.channel.type", "the channel must be rest-hook.", "cpis-subscription-channel");
        if (channel.TypeElement?.GetExtension(BackportCanonicals.ChannelType) is not null)
            refuse(
                "Subscription.channel.type.extension",
                "custom channels are not supported.",
                "cpis-subscription-channel"
            );
        if (channel.ModifierExtension.Count > 0)
            refuse(
                "Subscription.channel.modifierExtension",
                "modifier extensions are not supported.",
                "cpis-subscription-shape"
            );
    }

    /// <summary>What it allows is one thing in several spellings; it is kept and sent as plain application/fhir+json.</summary>
    private static void CheckPayload(Subscription.ChannelComponent channel, Action<string, string, string> refuse)
    {
        if (
            !MediaTypeHeaderValue.TryParse(channel.Payload, out var type)
            || !string.Equals(type.MediaType, "application/fhir+json", StringComparison.OrdinalIgnoreCase)
        )
        {
            refuse(
                "Subscription.channel.payload",
                "the payload must be application/fhir+json.",
                "cpis-subscription-payload"
            );
            return;
        }

        foreach (var parameter in type.Parameters)
        {
            var value = parameter.Value?.Trim('"');
            var known = parameter.Name.ToUpperInvariant() switch
            {
                "FHIRVERSION" => value == "4.0",
                "CHARSET" => string.Equals(value, "utf-8", StringComparison.OrdinalIgnoreCase),
                _ => false,
            };
            if (!known)
                refuse(
                    "Subscription.channel.payload",
                    "the payload's parameters may only be fhirVersion=4.0 and charset=utf-8.",
                    "cpis-subscription-payload"
                );
        }
    }

    private PayloadContent ReadContent(Subscription.ChannelComponent channel, Action<string, string, string> refuse)
    {
        const string Place = "Subscription.channel.payload.extension";
        var asked = channel.PayloadElement?.GetExtensions(BackportCanonicals.PayloadContent).ToList() ?? [];
        if (asked.Count > 1)
            refuse(Place, "the payload content is given more than once. Give it once.", "cpis-subscription-content");
        switch ((asked.FirstOrDefault()?.Value as Code)?.Value)
        {
            case "empty":
                return PayloadContent.Empty;
            case "id-only":
            case null when asked.Count == 0:
                return PayloadContent.IdOnly;
            case "full-resource" when options.AllowFullResource:
                return PayloadContent.FullResource;
            case "full-resource":
                refuse(
                    Place,
                    "the content level full-resource is not allowed: a notification carries no personal data. Ask for id-only or empty.",
                    "cpis-subscription-content"
                );
                return PayloadContent.FullResource;
            default:
                refuse(
                    Place,
                    options.AllowFullResource
                        ? "the payload content must be the code empty, id-only or full-resource."
                        : "the payload content must be the code empty or id-only.",
                    "cpis-subscription-content"
                );
                return PayloadContent.IdOnly;
        }
    }

    private static SubscriptionStatus ReadStatus(Subscription subscription, Action<string, string, string> refuse)
    {
        switch (subscription.Status)
        {
            case Subscription.SubscriptionStatus.Off:
                return SubscriptionStatus.Off;
            case Subscription.SubscriptionStatus.Requested:
                break;
            default:
                refuse(
                    "Subscription.status",
                    "a client can set requested or off. Only the server sets active and error.",
                    "cpis-subscription-status"
                );
                break;
        }

        return SubscriptionStatus.Requested;
    }

    private static int? ReadNumber(
        Subscription.ChannelComponent channel,
        string url,
        int least,
        int most,
        Action<string, string, string> refuse
    )
    {
        var given = channel.GetExtensions(url).ToList();
        if (given.Count == 0)
            return null;
        var number = given[0].Value switch
        {
            UnsignedInt unsigned => unsigned.Value,
            PositiveInt positive => positive.Value,
            _ => null,
        };
        if (given.Count == 1 && number >= least && number <= most)
            return number;
        refuse(
            $"Subscription.channel.extension('{url}')",
            $"{url[(url.LastIndexOf('/') + 1)..]} must be one number from {least} to {most}.",
            "cpis-subscription-channel"
        );
        return null;
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
