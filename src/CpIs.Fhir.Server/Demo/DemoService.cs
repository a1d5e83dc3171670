using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Administration;

namespace CpIs.Fhir.Server.Demo;

/// <summary>Registers the synthetic organisations before the server listens, and runs the demo once it does.</summary>
internal sealed class DemoService(
    RegistrationWriter writer,
    DemoRun run,
    IdGenerator ids,
    DemoOptions options,
    IHostApplicationLifetime lifetime
) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await DemoRegistrations.RegisterAsync(writer, ids, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Seed)
            return;
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var started = lifetime.ApplicationStarted.Register(() => listening.TrySetResult());
        try
        {
            await listening.Task.WaitAsync(stoppingToken);
            if (!await run.RunAsync(stoppingToken))
            {
                Environment.ExitCode = 1;
                lifetime.StopApplication();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
