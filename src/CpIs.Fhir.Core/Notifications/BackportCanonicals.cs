namespace CpIs.Fhir.Core.Notifications;

/// <summary>Canonicals of the Subscriptions R5 Backport guide (1.1.0, in R4), each written once.</summary>
public static class BackportCanonicals
{
    private const string Root = "http://hl7.org/fhir/uv/subscriptions-backport/";
    private const string Guide = Root + "StructureDefinition/";

    /// <summary>CapabilityStatement of a server in R4.</summary>
    public const string Server = Root + "CapabilityStatement/backport-subscription-server-r4";

    /// <summary>Extension of a resource in a CapabilityStatement: a topic that the server offers.</summary>
    public const string OfferedTopic = Guide + "capabilitystatement-subscriptiontopic-canonical";

    /// <summary>Profile of a Subscription.</summary>
    public const string Subscription = Guide + "backport-subscription";

    /// <summary>Profile of the Parameters that open a notification and answer <c>$status</c>.</summary>
    public const string Status = Guide + "backport-subscription-status-r4";

    /// <summary>Profile of a notification Bundle.</summary>
    public const string Notification = Guide + "backport-subscription-notification-r4";

    /// <summary>Extension of <c>Subscription.criteria</c>: a filter.</summary>
    public const string FilterCriteria = Guide + "backport-filter-criteria";

    /// <summary>Extension of <c>Subscription.channel.payload</c>: how much is said of each event.</summary>
    public const string PayloadContent = Guide + "backport-payload-content";

    /// <summary>Extension of <c>Subscription.channel</c>: longest silence, in seconds.</summary>
    public const string HeartbeatPeriod = Guide + "backport-heartbeat-period";

    /// <summary>Extension of <c>Subscription.channel</c>: how long one attempt may take, in seconds.</summary>
    public const string Timeout = Guide + "backport-timeout";

    /// <summary>Extension of <c>Subscription.channel</c>: most events in one notification.</summary>
    public const string MaxCount = Guide + "backport-max-count";

    /// <summary>Extension of <c>Subscription.channel.type</c>: a custom channel.</summary>
    public const string ChannelType = Guide + "backport-channel-type";

    /// <summary>Codes of <c>error</c> in a status: <c>no-response</c>, <c>error-response</c>, <c>dns-resolution-error</c>.</summary>
    public const string ErrorCodes = "http://terminology.hl7.org/CodeSystem/subscription-error";
}
