using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>
/// Sends Bundles, some at a time. What the exchange has once accepted is not sent again; an answer that got lost is asked
/// for again under the same X-Request-ID. A file that is refused, also for naming another authority (403), stops no other. Ends
/// early only when going on is pointless: nobody answers, or the client itself is refused (401, or no token).
/// </summary>
internal sealed class UploadRun(ExchangeClient exchange, UploadLedger ledger)
{
    /// <summary>Sends all.</summary>
    /// <param name="sources">In the order given; that order is kept with <paramref name="concurrency"/> 1.</param>
    /// <param name="concurrency">Bundles in progress at a time.</param>
    /// <param name="done">Told of each result as it comes. Thread-safe.</param>
    /// <param name="cancellation">Stops the run; results so far are kept.</param>
    /// <returns>Why the run ended early, or null.</returns>
    public async Task<string?> SendAllAsync(
        IReadOnlyList<UploadSource> sources,
        int concurrency,
        Action<UploadResult> done,
        CancellationToken cancellation
    )
    {
        string? ended = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await Parallel.ForEachAsync(
                sources,
                new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = stop.Token },
                async (source, token) =>
                {
                    try
                    {
                        var result = await SendAsync(source, token);
                        done(result);
                        if (IsOfTheClient(result))
                            End($"the client itself is refused (HTTP {result.Status}).");
                    }
                    catch (CannotRunException pointless)
                    {
                        done(Failed(source, pointless.Message));
                        End(pointless.Message);
                    }
                }
            );
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ended;
        }

        return ended;

        void End(string why)
        {
            Interlocked.CompareExchange(ref ended, why, null);
            stop.Cancel();
        }
    }

    private async Task<UploadResult> SendAsync(UploadSource source, CancellationToken cancellation)
    {
        byte[] content;
        try
        {
            content = await source.ReadAsync(cancellation);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Failed(source, unreadable.Message);
        }

        var hash = UploadLedger.HashOf(content);
        if (ledger.IsAccepted(hash))
            return new UploadResult(source.Name, UploadResult.Skipped);
        var answer = await exchange.SendAsync(
            new Ask(HttpMethod.Post, "")
            {
                Body = content,
                RequestId = ledger.RequestIdOf(hash),
                Repeatable = true,
            },
            cancellation
        );
        var result = UploadResult.Of(source.Name, answer);
        if (result.Outcome == UploadResult.Accepted)
            ledger.Accept(hash);
        return result;
    }

    /// <summary>A 403 that names a place is about what one file says, such as another authority; the others are still sent.</summary>
    private static bool IsOfTheClient(UploadResult result) =>
        result.Status == 401
        || (result.Status == 403 && result.Problems?.Any(problem => problem.Place is not null) != true);

    private static UploadResult Failed(UploadSource source, string why) =>
        new(source.Name, UploadResult.Failed, Problems: [new Problem(why, null, null, "transient", "error")]);
}
