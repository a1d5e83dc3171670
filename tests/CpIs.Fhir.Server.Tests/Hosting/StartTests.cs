using CpIs.Fhir.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>With what the server does not start, and what no configuration can make it do.</summary>
public sealed class StartTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cpis-start-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://*:8080")]
    [InlineData("http://+:8080")]
    [InlineData("http://loopback:8080")] // for Uri a loopback address, for Kestrel every interface
    [InlineData("http://0.0.0.0@localhost:8080")]
    [InlineData("http://127.0.0.1:8080;http://10.0.0.1:8080")]
    public async Task The_demo_listens_on_loopback_only(string urls)
    {
        var build = () => ExchangeHost.BuildAsync(WholeExchange.Arguments(_directory, urls: urls), Cancellation);

        await build.Should().ThrowAsync<InvalidConfigurationException>().WithMessage("*loopback only*");
    }

    [Fact]
    public async Task The_demo_does_not_start_with_endpoints_of_Kestrel_which_would_be_used_instead_of_the_urls()
    {
        var arguments = WholeExchange.Arguments(
            _directory,
            config: """{"Kestrel":{"Endpoints":{"Open":{"Url":"http://0.0.0.0:0"}}}}"""
        );

        var build = () => ExchangeHost.BuildAsync(arguments, Cancellation);

        await build.Should().ThrowAsync<InvalidConfigurationException>().WithMessage("Kestrel:Endpoints*");
    }

    [Fact]
    public async Task A_store_that_a_demo_has_used_opens_to_nobody_without_demo()
    {
        await using (var demo = await ExchangeHost.BuildAsync(WholeExchange.Arguments(_directory), Cancellation))
        {
            await demo.StartAsync(Cancellation);
            await demo.StopAsync(Cancellation);
        }

        await using var real = await ExchangeHost.BuildAsync(
            WholeExchange.Arguments(_directory, demo: false, config: "{}"),
            Cancellation
        );
        var start = () => real.StartAsync(Cancellation);

        await start.Should().ThrowAsync<InvalidConfigurationException>().WithMessage("*private keys*--demo*");
    }

    [Fact]
    public async Task No_configuration_makes_the_framework_log_urls_which_may_hold_an_NHS_number()
    {
        var arguments = WholeExchange.Arguments(
            _directory,
            config: """
            {"Demo":{"Seed":false},"Logging":{
              "LogLevel":{"Default":"Trace","Microsoft.AspNetCore":"Information"},
              "Console":{"LogLevel":{"Microsoft.AspNetCore.Hosting":"Trace","CpIs.Fhir.Server.Quiet":"Error"}}}}
            """
        );
        await using var app = await ExchangeHost.BuildAsync(arguments, Cancellation);
        var loggers = app.Services.GetRequiredService<ILoggerFactory>();

        loggers
            .CreateLogger("Microsoft.AspNetCore.Hosting.Diagnostics")
            .IsEnabled(LogLevel.Critical)
            .Should()
            .BeFalse("it is about requests alone");
        foreach (var category in new[] { "Microsoft.AspNetCore.Hosting", "OpenIddict.Server", "Other" })
        {
            loggers.CreateLogger(category).IsEnabled(LogLevel.Information).Should().BeFalse(category);
            loggers.CreateLogger(category).IsEnabled(LogLevel.Warning).Should().BeTrue(category);
        }

        loggers.CreateLogger("CpIs.Fhir.Server").IsEnabled(LogLevel.Information).Should().BeTrue();
        loggers
            .CreateLogger("CpIs.Fhir.Server.Quiet")
            .IsEnabled(LogLevel.Warning)
            .Should()
            .BeFalse("quieter is allowed");
    }
}
