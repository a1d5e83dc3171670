using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>A Subscription of an authority, and where it stands.</summary>
/// <param name="Resource">The Subscription.</param>
/// <param name="Standing">The Parameters of <c>$status</c>; undefined where the exchange gave none.</param>
internal sealed record HeldSubscription(JsonElement Resource, JsonElement Standing) : IRow
{
    private const string Inbox = "inbox";

    /// <summary>What <see cref="Cells"/> are.</summary>
    public static IReadOnlyList<string> Headings { get; } =
    ["Subscription", "Status", "Channel", "Content", "Events", "Place of action", "Problem"];

    /// <summary>Its id.</summary>
    public string Id => Resource.Text("id") ?? "";

    private JsonElement Channel => Resource.At("channel");

    private string Status => Standing.ValueText("status") ?? Resource.Text("status") ?? "";

    /// <summary>True when nothing is sent: the authority fetches.</summary>
    public bool IsInbox => Channel.Text("type") == "message";

    private string ChannelText => IsInbox ? Inbox : Channel.Text("endpoint") ?? "";

    private string Content =>
        Extension(Channel.At("_payload"), BackportCanonicals.PayloadContent, "valueCode") ?? "id-only";

    private string Events => Standing.ValueText("events-since-subscription-start") ?? "";

    /// <summary>True when what it takes counts as told.</summary>
    private bool IsPlaceOfAction => Standing.ValueIsTrue("place-of-action");

    private string Problem => PlainError.Of(Standing.Value("error").Text("text") ?? Resource.Text("error"));

    /// <inheritdoc />
    public IReadOnlyList<string> Cells =>
        [Id, Status, ChannelText, Content, Events, IsPlaceOfAction ? "yes" : "", Problem];

    /// <summary>Everything, for one alone.</summary>
    public IReadOnlyList<(string What, string Value)> Details =>
        [
            .. Headings.Zip(Cells),
            ("Reason", Resource.Text("reason") ?? ""),
            ("Ends", Resource.Text("end") ?? ""),
            ("Heartbeat", Seconds(BackportCanonicals.HeartbeatPeriod)),
            ("Timeout", Seconds(BackportCanonicals.Timeout)),
            ("Events in one notice", Extension(Channel, BackportCanonicals.MaxCount, "valuePositiveInt") ?? ""),
            ("Headers", string.Join(", ", Channel.List("header").Select(header => header.GetString()))),
            ("Changed", Instant.London(Resource.LastUpdated())),
        ];

    /// <inheritdoc />
    public JsonObject ToJson() =>
        new()
        {
            ["id"] = Id,
            ["version"] = Resource.Version(),
            ["status"] = Status,
            ["channel"] = IsInbox ? Inbox : "webhook",
            ["endpoint"] = Channel.Text("endpoint"),
            ["content"] = Content,
            ["events"] = long.TryParse(Events, out var events) ? events : null,
            ["placeOfAction"] = IsPlaceOfAction,
            ["problem"] = Problem.Length > 0 ? Problem : null,
            ["lastUpdated"] = Resource.LastUpdated(),
        };

    private string Seconds(string url) =>
        Extension(Channel, url, "valueUnsignedInt") is { } seconds ? $"{seconds} s" : "";

    private static string? Extension(JsonElement element, string url, string value) =>
        element.List("extension").FirstOrDefault(each => each.Text("url") == url).At(value) switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => null,
        };
}
