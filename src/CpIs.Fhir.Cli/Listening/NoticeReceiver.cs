using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Cli.Listening;

/// <summary>
/// What a receiver of notices must do, without HTTP: verify before reading, take each notice once however often it is
/// sent, and say yes only to what was taken.
/// </summary>
internal sealed class NoticeReceiver(PublishedKeys keys, Action<ReceivedNotice> show, Action<string> note)
{
    private const int Remembered = 10_000;
    private readonly Queue<string> _order = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Takes one POST.</summary>
    /// <returns>The HTTP status to answer with: 204 taken, 400 not ours, 503 try again.</returns>
    public async Task<int> ReceiveAsync(
        string? id,
        string? timestamp,
        string? signature,
        byte[] body,
        CancellationToken cancellation
    )
    {
        try
        {
            if (!await keys.VerifyAsync(id, timestamp, signature, body, cancellation))
            {
                note("refused a request: its signature is missing, wrong, or older than 300 s.");
                return 400;
            }
        }
        catch (HttpRequestException unknown)
        {
            note($"put off a notice: cannot get the exchange's keys: {unknown.Message}");
            return 503;
        }

        if (!NotificationReader.TryRead(body, out var notification))
        {
            note("refused a signed request: it is not a notification Bundle.");
            return 400;
        }

        // The handshake of the same Subscription version may come again: it is answered, and shown once.
        lock (_seen)
        {
            if (!_seen.Add(id!))
            {
                note("a repeat of a notice that was received before.");
                return 204;
            }

            _order.Enqueue(id!);
            if (_order.Count > Remembered)
                _seen.Remove(_order.Dequeue());
            show(new ReceivedNotice(id!, notification));
        }

        return 204;
    }
}

/// <summary>A notice that was verified and is new.</summary>
/// <param name="Id">Its webhook-id.</param>
/// <param name="Notification">What it says.</param>
internal sealed record ReceivedNotice(string Id, Notification Notification);
