using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// How notifications are sent: section <c>Notifications</c> of <c>fhir.config.json</c>. The defaults are the figures of
/// <c>docs/adr/0007-notification-engine.md</c>.
/// </summary>
public sealed record NotificationOptions : IValidatableObject
{
    /// <summary>The longest time one attempt may take, whatever a Subscription asks for.</summary>
    public static readonly TimeSpan MaximumTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Waiting times after the first, second, ... failed attempt, each a number with <c>s</c>, <c>m</c> or <c>h</c>. The
    /// last one repeats for ever: nothing is dropped.
    /// </summary>
    [Required]
    public string RetrySchedule { get; init; } = "5s, 30s, 2m, 5m, 15m, 30m, 1h";

    /// <summary>How far a waiting time is moved at random, as a share of it (0.2 = plus or minus 20 %).</summary>
    [Range(0, 0.9)]
    public double Jitter { get; init; } = 0.2;

    /// <summary>How long a new event waits before its first attempt, for another that raced with it to join.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long one attempt may take in all, where the Subscription says nothing else.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:30")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long of that the connection may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:30")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a claim is ours. At least three times <see cref="MaximumTimeout"/>, so that no other server sends while
    /// an attempt of ours may still be answered.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:30", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// Attempts to send events in progress at once on this server, over all Subscriptions, but for those that last longer than a second; one Subscription has one at a time.
    /// Handshakes and heartbeats have a quarter as many places of their own.
    /// </summary>
    [Range(1, 500)]
    public int MaxInFlight { get; init; } = 64;

    /// <summary>
    /// Subscriptions that one authority may have beside those that are <c>off</c>: each of them costs an attempt for each
    /// event. A bound against runaway clients; requests at the same moment may pass it by as many as they are.
    /// </summary>
    [Range(1, 1_000)]
    public int MaxSubscriptions { get; init; } = 20;

    /// <summary>
    /// How often the store is asked for work when nobody signals any and nothing is due: for what a server that died has left behind.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After this long without a 2xx a Subscription's status becomes <c>error</c>; attempts go on.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan ErrorAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// True: a Subscription may ask for the AuditEvents themselves (<c>full-resource</c>), NHS number included, so that the
    /// authority need not fetch them. Set back to false, those Subscriptions get references again.
    /// </summary>
    public bool AllowFullResource { get; init; }

    /// <summary>True only in demo and tests: plain http to a loopback address is allowed, on any port.</summary>
    public bool AllowLoopbackHttp { get; init; }

    /// <summary>True: an endpoint is on port 443. False allows any port.</summary>
    public bool RequirePort443 { get; init; } = true;

    /// <summary>
    /// Private networks that endpoints may be on too, such as a health network: CIDR ranges separated by commas, within 10.0.0.0/8, 100.64.0.0/10,
    /// 172.16.0.0/12, 192.168.0.0/16 or fc00::/7. Never a network that this server's own services are on.
    /// </summary>
    public string PrivateNetworks { get; init; } = "";

    /// <summary>A client certificate (PEM, its chain behind it) that the server shows to an endpoint which asks for one; empty for none.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>The key of <see cref="CertificateFile"/> (PEM).</summary>
    public string CertificateKeyFile { get; init; } = "";

    /// <summary>
    /// Hosts that an authority (key: ODS code) may be notified at, separated by commas. An authority without an entry may
    /// name any public host.
    /// </summary>
    public IReadOnlyDictionary<string, string> AllowedHosts { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicAddress.ProblemOf(PrivateNetworks) is { } problem)
            yield return new(problem, [nameof(PrivateNetworks)]);
        if ((CertificateFile.Length == 0) != (CertificateKeyFile.Length == 0))
            yield return new("A certificate and its key go together.", [nameof(CertificateKeyFile)]);
    }
}
