using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using CpIs.Fhir.Cli.Commands;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Listening;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>
/// How long after a look-up's answer the authority's receiver has its notice: a Subscription to a receiver of our own, and
/// look-ups of different children one after another. What was open before is let through first, uncounted.
/// </summary>
internal sealed class NoticePhase(Run run, ExchangeClient authority, Uri server, Uri fhirBase, string settingToken)
{
    private const int LookUps = 50;

    // One after another at a county's pace and more, so that what is measured is the way of a notice, not a queue.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<string, long> _arrived = new(StringComparer.Ordinal);
    private long _last = Stopwatch.GetTimestamp();

    public async Task<PhaseResult> RunAsync(IReadOnlyList<NhsNumber> hits, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        using var keys = new PublishedKeys(http, ListenCommand.KeysOf(run.Server), TimeProvider.System);
        var receiver = new NoticeReceiver(keys, Take, _ => { });
        await using var listener = await ListenServer.StartAsync(0, receiver, cancellation);
        var subscription = await SubscribeAsync(listener.Url, cancellation);
        try
        {
            await UntilAsync(() => Stopwatch.GetElapsedTime(Interlocked.Read(ref _last)) > Quiet, cancellation);
            return await MeasureAsync(hits, cancellation);
        }
        finally
        {
            await authority.SendAsync(
                new Ask(HttpMethod.Delete, $"Subscription/{subscription}") { Repeatable = true },
                CancellationToken.None
            );
        }
    }

    private async Task<PhaseResult> MeasureAsync(IReadOnlyList<NhsNumber> hits, CancellationToken cancellation)
    {
        var template = RequestTemplate.LookUp(fhirBase, settingToken);
        var answered = new List<(string Occurrence, long At)>();
        var errors = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var begin = Stopwatch.GetTimestamp();
        using (var connection = await RawConnection.OpenAsync(server, cancellation))
            foreach (var child in hits.Distinct().Take(LookUps))
            {
                var status = await connection.AskAsync(template.Next(child), cancellation);
                if (status == 200 && OccurrenceOf(connection.Body) is { } occurrence)
                    answered.Add((occurrence, Stopwatch.GetTimestamp()));
                else
                    errors[$"HTTP {status}"] = errors.GetValueOrDefault($"HTTP {status}") + 1;
                await Task.Delay(Pace, cancellation);
            }

        await UntilAsync(() => answered.TrueForAll(a => _arrived.ContainsKey(a.Occurrence)), cancellation);
        var latency = new LatencyHistogram();
        foreach (var (occurrence, at) in answered)
            if (_arrived.TryGetValue(occurrence, out var arrival))
                latency.Add(arrival > at ? Stopwatch.GetElapsedTime(at, arrival) : TimeSpan.Zero);
        if (latency.Count < answered.Count)
            errors["no notice within 60 s"] = answered.Count - latency.Count;
        return new PhaseResult("notice", "notices")
        {
            Elapsed = Stopwatch.GetElapsedTime(begin),
            Done = latency.Count,
            Latency = latency,
            Errors = errors,
        };
    }

    private void Take(ReceivedNotice notice)
    {
        var now = Stopwatch.GetTimestamp();
        Interlocked.Exchange(ref _last, now);
        foreach (var reference in notice.Notification.Events.SelectMany(e => e.References))
            _arrived.TryAdd(reference.Split('/')[^1], now);
    }

    private async Task<string> SubscribeAsync(Uri endpoint, CancellationToken cancellation)
    {
        var answer = await authority.SendAsync(
            new Ask(HttpMethod.Post, "Subscription")
            {
                Body = SubscribeCommand.Write(endpoint.AbsoluteUri, "id-only", null),
                Repeatable = true,
            },
            cancellation
        );
        if (!answer.IsSuccess)
            throw new CannotRunException(
                $"no Subscription for the bench (HTTP {answer.Status}): {answer.Problems[0]}",
                ExitCode.Of(answer.Status)
            );
        return SubscribeCommand.IdOf(answer)
            ?? throw new CannotRunException("the exchange did not say which Subscription it made.");
    }

    private static async Task UntilAsync(Func<bool> condition, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!condition() && Stopwatch.GetElapsedTime(begin) < Patience)
            await Task.Delay(20, cancellation);
    }

    /// <summary>The Bundle's id is its occurrence's, which the notice names as <c>AuditEvent/{id}</c>.</summary>
    private static string? OccurrenceOf(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Text("id");
    }
}
