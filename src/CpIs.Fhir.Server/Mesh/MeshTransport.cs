using System.Collections.Concurrent;
using System.Net;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Server.Mesh;

/// <summary>Notices through MESH: what the engine asks for, in the calls of the API.</summary>
internal sealed partial class MeshTransport(
    MeshClient client,
    MeshOptions options,
    TimeProvider time,
    ILogger<MeshTransport> logger
) : IMeshTransport, IDisposable
{
    /// <summary>MESH wants a handshake at least daily.</summary>
    private static readonly TimeSpan HandshakeEvery = TimeSpan.FromHours(23);

    /// <summary>MESH wants an inbox read every five minutes at most.</summary>
    private static readonly TimeSpan InboxEvery = TimeSpan.FromMinutes(5);

    /// <summary>What nothing has asked for so long is asked for by nothing: each message that is under way is asked about each half hour.</summary>
    private static readonly TimeSpan UnmatchedAfter = TimeSpan.FromDays(1);

    private static readonly TimeSpan MostReadingTime = TimeSpan.FromSeconds(20);

    private const string Subject = "CP-IS access to service notification";

    // Reports of messages that were returned, by the id of the message. Those of other servers' messages are among them.
    private readonly ConcurrentDictionary<string, Report> _reports = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reading = new(1);
    private DateTimeOffset _shaken;
    private DateTimeOffset _inboxRead;

    private sealed record Report(string Id, string? Code, DateTimeOffset Seen);

    /// <inheritdoc />
    public async Task<SendOutcome> HandshakeAsync(OdsCode authority, string mailbox, CancellationToken cancellation)
    {
        if (await ShakeAsync(cancellation) is { } failed)
            return failed;
        var (answer, mailboxes) = await client.LookUpAsync(authority.Value, options.AccessWorkflow, cancellation);
        if (!answer.IsSuccess)
            return Failed(answer);
        return mailboxes.Contains(mailbox, StringComparer.OrdinalIgnoreCase)
            ? new SendOutcome(SendResult.Accepted, answer.Status)
            : new SendOutcome(
                SendResult.Failed,
                answer.Status,
                DeliveryError.ErrorResponse("MESH knows no such mailbox of this authority for this workflow")
            );
    }

    /// <inheritdoc />
    public async Task<SendOutcome> SendAsync(MeshMessage message, CancellationToken cancellation)
    {
        if (time.GetUtcNow() - _shaken >= HandshakeEvery && await ShakeAsync(cancellation) is { } failed)
            return failed;
        var parcel = new MeshParcel(
            message.Mailbox,
            options.AccessWorkflow,
            Subject,
            message.LocalId,
            $"{message.LocalId}.xml",
            "application/xml",
            message.Body
        );
        var (answer, id) = await client.SendAsync(parcel, cancellation);
        if (!answer.IsSuccess)
            return Failed(answer);
        return id is null
            ? new SendOutcome(SendResult.Failed, answer.Status, DeliveryError.ErrorResponse("MESH gave no message id"))
            : new SendOutcome(SendResult.UnderWay, answer.Status, MessageId: id);
    }

    /// <inheritdoc />
    public async Task<MeshStanding> TrackAsync(string messageId, CancellationToken cancellation)
    {
        var answer = await client.TrackAsync(messageId, cancellation);
        if (answer.Status == (int)HttpStatusCode.NotFound)
            return Returned(answer, "MESH knows the message no more");
        if (!answer.IsSuccess)
            return new MeshStanding(MeshPlace.Unknown, answer.Status, Failed(answer).Error);
        switch (answer.Text("status")?.ToUpperInvariant())
        {
            case "ACKNOWLEDGED":
                return new MeshStanding(MeshPlace.Acknowledged, answer.Status);
            case "UNDELIVERABLE" or "ERROR":
            case not null when answer.Denies("status_success"):
                await ReadReportsAsync(evenIfRecent: true, cancellation);
                var why = _reports.GetValueOrDefault(messageId)?.Code ?? answer.Text("status_code", "statusCode");
                return Returned(answer, MeshCodes.Of(why), messageId);
            default:
                await ReadReportsAsync(evenIfRecent: false, cancellation);
                return _reports.TryGetValue(messageId, out var report)
                    ? Returned(answer, MeshCodes.Of(report.Code), messageId)
                    : new MeshStanding(MeshPlace.Waiting, answer.Status);
        }
    }

    /// <inheritdoc />
    public async Task DropReportAsync(MeshStanding returned, CancellationToken cancellation)
    {
        if (returned.Report is not { } report)
            return;
        await client.AcknowledgeAsync(report, cancellation);
        foreach (var (message, known) in _reports)
            if (known.Id == report)
                _reports.TryRemove(message, out _);
    }

    public void Dispose()
    {
        client.Dispose();
        _reading.Dispose();
    }

    private async Task<SendOutcome?> ShakeAsync(CancellationToken cancellation)
    {
        var answer = await client.HandshakeAsync(cancellation);
        if (!answer.IsSuccess)
            return Failed(answer);
        _shaken = time.GetUtcNow();
        return null;
    }

    /// <summary>Looks for reports in the exchange's own mailbox, within a bound: one that is slow or full holds up nobody.</summary>
    private async Task ReadReportsAsync(bool evenIfRecent, CancellationToken cancellation)
    {
        if (!await _reading.WaitAsync(evenIfRecent ? MostReadingTime : TimeSpan.Zero, cancellation))
            return;
        try
        {
            var now = time.GetUtcNow();
            if (!evenIfRecent && now - _inboxRead < InboxEvery)
                return;
            _inboxRead = now;
            using var limit = new CancellationTokenSource(MostReadingTime, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            await ReadInboxAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The next look reads on from here.
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task ReadInboxAsync(CancellationToken cancellation)
    {
        var (list, ids) = await client.ListInboxAsync(options.AccessWorkflow, cancellation);
        if (!list.IsSuccess)
            return;
        _seen.IntersectWith(ids);
        foreach (var id in ids.Where(id => !_seen.Contains(id)))
        {
            var head = await client.HeadAsync(id, cancellation);
            if (!head.IsSuccess)
                continue;
            _seen.Add(id);
            if (head.Header("mex-messagetype") == "REPORT")
                _reports[head.Header("mex-linkedmsgid") ?? id] = new Report(
                    id,
                    head.Header("mex-statuscode"),
                    time.GetUtcNow()
                );
        }

        await DropUnmatchedAsync([.. ids], cancellation);
    }

    /// <summary>A report that tells of no message of ours, or of one that was sent again long ago, does not fill the mailbox.</summary>
    private async Task DropUnmatchedAsync(HashSet<string> waiting, CancellationToken cancellation)
    {
        foreach (var (message, report) in _reports.ToList())
            if (!waiting.Contains(report.Id))
                _reports.TryRemove(message, out _); // Another server has dealt with it.
            else if (time.GetUtcNow() - report.Seen >= UnmatchedAfter)
            {
                LogUnmatched(report.Id, message, MeshCodes.Of(report.Code));
                await client.AcknowledgeAsync(report.Id, cancellation);
                _reports.TryRemove(message, out _);
            }
    }

    [LoggerMessage(
        108,
        LogLevel.Warning,
        "MESH report {ReportId} says that message {MessageId} was not delivered ({Reason}), and no event waits for it: the report is acknowledged"
    )]
    private partial void LogUnmatched(string reportId, string messageId, string reason);

    private MeshStanding Returned(MeshAnswer answer, string words, string? messageId = null) =>
        new(
            MeshPlace.Returned,
            answer.Status,
            DeliveryError.Returned(words),
            messageId is null ? null : _reports.GetValueOrDefault(messageId)?.Id
        );

    private static SendOutcome Failed(MeshAnswer answer) =>
        answer.Status is { } status
            ? new SendOutcome(
                SendResult.Failed,
                status,
                DeliveryError.ErrorResponse(
                    answer.Code is { } code ? $"HTTP {status}, {MeshCodes.Of(code)}" : $"HTTP {status}"
                ),
                answer.RetryAfter
            )
            : new SendOutcome(SendResult.Failed, null, DeliveryError.NoResponse(answer.Failure!));
}
