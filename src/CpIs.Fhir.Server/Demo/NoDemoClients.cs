using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Demo;

/// <summary>
/// Refuses to start without <c>--demo</c> on a store that a demo has used: its clients' private keys are published, and
/// they would still open the exchange, the operator's with them, by then perhaps to a whole network.
/// </summary>
internal sealed class NoDemoClients(IOrganisationDirectory directory) : IHostedService
{
    /// <inheritdoc />
    /// <exception cref="InvalidConfigurationException">A client that is not suspended has a published private key.</exception>
    public Task StartAsync(CancellationToken cancellationToken) =>
        directory.Current.Clients.FirstOrDefault(c => !c.Suspended && DemoRegistrations.HasDemoKey(c)) is { } client
            ? throw new InvalidConfigurationException(
                $"the store has clients of --demo, such as '{client.ClientId}', whose private keys are public. Give another directory (--data DIR), or start with --demo."
            )
            : Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
