using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Keys;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// Loads who is registered and the exchange's own keys before the server takes requests, and then looks every two seconds
/// whether another server has changed them.
/// </summary>
internal sealed partial class RegistrationRefresher(
    DirectorySource directory,
    KeyRing keys,
    TimeProvider time,
    ILogger<RegistrationRefresher> logger
) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private bool _failing;

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await keys.LoadAsync(cancellationToken);
        await directory.RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await RefreshAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            await directory.RefreshAsync(cancellation);
            await keys.RefreshAsync(cancellation);
            if (_failing)
                Recovered(logger);
            _failing = false;
        }
        catch (StoreUnavailableException unavailable)
        {
            if (!_failing)
                Stale(logger, unavailable.Message);
            _failing = true;
        }
    }

    [LoggerMessage(
        20,
        LogLevel.Error,
        "Registrations and keys cannot be read, the last known ones stay in force: {Reason}"
    )]
    private static partial void Stale(ILogger logger, string reason);

    [LoggerMessage(21, LogLevel.Information, "Registrations and keys are read again")]
    private static partial void Recovered(ILogger logger);
}
