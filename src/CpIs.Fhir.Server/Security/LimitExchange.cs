using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Limits;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// Settles the limits of this server with those of the others on its store, each second. While the store does not answer,
/// limits hold for each server by itself.
/// </summary>
internal sealed partial class LimitExchange(
    RequestLimits limits,
    IUseLedger ledger,
    ServerLeases leases,
    TimeProvider time,
    ILogger<LimitExchange> logger
) : BackgroundService
{
    private readonly UseExchange _exchange = new(ledger, leases.Server, limits.All, time);
    private bool _failing;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(UseExchange.Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await StepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task StepAsync(CancellationToken cancellation)
    {
        try
        {
            await _exchange.StepAsync(cancellation);
            if (_failing)
                Recovered(logger);
            _failing = false;
        }
        catch (StoreUnavailableException unavailable)
        {
            if (!_failing)
                Alone(logger, unavailable.Message);
            _failing = true;
        }
    }

    [LoggerMessage(24, LogLevel.Warning, "Limits hold for this server alone, the store does not answer: {Reason}")]
    private static partial void Alone(ILogger logger, string reason);

    [LoggerMessage(25, LogLevel.Information, "Limits hold over all servers again")]
    private static partial void Recovered(ILogger logger);
}
