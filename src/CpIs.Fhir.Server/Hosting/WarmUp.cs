using Hl7.Fhir.Model;
using Task = System.Threading.Tasks.Task;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>
/// Does once, in the background, what is slow the first time (the SDK reads 710 classes by reflection, about 220 ms), so
/// that <c>/health/ready</c> turns green only when the first caller waits no longer than the hundredth.
/// </summary>
internal sealed class WarmUp(Readiness readiness) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Run(
            () =>
            {
                _ = ModelInfo.ModelInspector;
                readiness.Warmed();
            },
            stoppingToken
        );
}
