namespace CpIs.Fhir.Server.Hosting;

/// <summary>
/// Goes in two steps: first the server says that it is not ready and still serves, so that whoever balances sends it nothing new;
/// after <see cref="ExchangeOptions.ShutdownGrace"/> it takes no more connections and ends what is in progress.
/// </summary>
internal sealed class Draining(Readiness readiness, ExchangeOptions options, TimeProvider time)
    : IHostedLifecycleService
{
    /// <summary>How long requests in progress may take to end after the grace.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Leave();
        await Task.Delay(options.ShutdownGrace, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
