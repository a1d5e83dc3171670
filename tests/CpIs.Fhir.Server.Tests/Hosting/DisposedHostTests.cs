using CpIs.Fhir.Server.Hosting;
using CpIs.Fhir.Server.Notifications;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>A host that is disposed of without a stop, as after a start that failed: nothing of its own that is gone already is reported as a failure.</summary>
public sealed class DisposedHostTests
{
    [Fact]
    public async Task The_engine_ends_without_a_failure_when_its_host_is_disposed_of()
    {
        var folder = Directory.CreateTempSubdirectory("cpis-disposed-").FullName;
        var (data, file) = (Path.Combine(folder, "data"), Path.Combine(folder, "fhir.config.json"));
        using var logs = new CollectedLogs();
        var store = await TestStore.TakeAsync(data);
        await File.WriteAllTextAsync(
            file,
            store.Settings(new { Demo = new { Seed = false } }, ""),
            TestContext.Current.CancellationToken
        );
        var host = await ExchangeHost.BuildAsync(
            new StartupArguments(Demo: true, Bench: true, "http://127.0.0.1:0", data, file),
            TimeProvider.System,
            builder => builder.Logging.ClearProviders().AddProvider(logs),
            CancellationToken.None
        );
        await host.StartAsync(TestContext.Current.CancellationToken);
        var engine = host.Services.GetServices<IHostedService>().OfType<DispatcherService>().Single().ExecuteTask!;

        await host.DisposeAsync();
        await engine;

        logs.Text.Should().NotContain(nameof(ObjectDisposedException));
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
