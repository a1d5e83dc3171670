using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Tests.Security;

/// <summary>One host for the tests of a class, which leave it as they found it but for time.</summary>
public sealed class SecurityFixture : IAsyncLifetime
{
    internal SecurityHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Host = await SecurityHost.StartAsync(new SecurityOptions { Limits = LimitOptions.Raised });

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
