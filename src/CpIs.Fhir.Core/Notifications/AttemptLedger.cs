using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Keeps what was tried, so that people can see why nothing arrives. Attempts wait in memory for up to a second and are written together: a
/// delivery costs no write of its own for it. A server that is killed loses that second of its ledger, and nothing else.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "A semaphore of which no handle was taken holds nothing; and the engine may write down what it did after its host was disposed of without a stop."
)]
public sealed class AttemptLedger(IAttemptStore store, ServerLeases server, IdGenerator ids, TimeProvider time)
{
    /// <summary>How long an attempt waits at most before it is written.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    private const int Batch = 500;

    /// <summary>While the store does not answer, so many wait; the oldest are given up.</summary>
    private const int MostWaiting = 10_000;

    private readonly ConcurrentQueue<DeliveryAttempt> _waiting = new();
    private readonly SemaphoreSlim _writing = new(1);
    private DateTimeOffset _next;

    /// <summary>When what waits is to be written; null when nothing waits.</summary>
    public DateTimeOffset? Next => _waiting.IsEmpty ? null : _next;

    /// <summary>Takes note of an attempt that has ended.</summary>
    public void Note(DispatchAttempt attempt, TimeSpan duration)
    {
        _waiting.Enqueue(
            new DeliveryAttempt(
                ids.Next(),
                attempt.SubscriptionId,
                DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()),
                server.Server,
                attempt.Type,
                attempt.FirstNumber,
                attempt.Events,
                attempt.Outcome.HttpStatus,
                duration,
                attempt.Outcome.Error
            )
        );
        while (_waiting.Count > MostWaiting)
            _waiting.TryDequeue(out _);
    }

    /// <summary>Writes what waits, when it is time. Called at each step of the engine.</summary>
    public async ValueTask TendAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (_waiting.IsEmpty || now < _next)
            return;
        _next = now + Wait;
        await WriteAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes what waits, now.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer; they go on waiting.</exception>
    public async Task WriteAsync(CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            while (!_waiting.IsEmpty)
            {
                var batch = _waiting.Take(Batch).ToList();
                await store.AddAttemptsAsync(batch, cancellation).ConfigureAwait(false);
                foreach (var written in batch)
                    if (_waiting.TryPeek(out var first) && first == written)
                        _waiting.TryDequeue(out _);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Attempts at one Subscription, the latest first; those of this server are all there.</summary>
    public async Task<IReadOnlyList<DeliveryAttempt>> ReadAsync(
        string subscriptionId,
        PagePosition? after,
        int limit,
        CancellationToken cancellation
    )
    {
        await WriteAsync(cancellation).ConfigureAwait(false);
        return await store.ReadAttemptsAsync(subscriptionId, after, limit, cancellation).ConfigureAwait(false);
    }
}
