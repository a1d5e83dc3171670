using System.Net;
using CpIs.Fhir.Server.Hosting;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>How a server goes.</summary>
public sealed class StoppingTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cpis-stopping-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Told_to_stop_it_is_not_ready_at_once_serves_for_its_grace_and_then_takes_no_connection()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var arguments = WholeExchange.Arguments(
            _directory,
            config: """{"Demo":{"Seed":false},"ShutdownGrace":"00:00:10"}"""
        );
        await using var app = await ExchangeHost.BuildAsync(arguments, time, static _ => { }, Cancellation);
        await app.StartAsync(Cancellation);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await Eventually.TrueAsync(async () => await StatusAsync(http, "/health/ready") == HttpStatusCode.OK);

        var stopping = app.StopAsync(Cancellation);

        (await http.GetStringAsync("/health/live", Cancellation)).Should().Contain("live");
        using (var ready = await http.GetAsync("/health/ready", Cancellation))
        {
            ready.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            (await ready.Content.ReadAsStringAsync(Cancellation)).Should().Contain("stopping");
        }

        (await StatusAsync(http, "/FHIR/R4/metadata"))
            .Should()
            .Be(HttpStatusCode.OK, "it serves until its grace is over");
        stopping.IsCompleted.Should().BeFalse();
        time.Advance(TimeSpan.FromSeconds(10));
        await stopping;
        await FluentActions
            .Awaiting(() => http.GetAsync("/health/live", Cancellation))
            .Should()
            .ThrowAsync<HttpRequestException>();
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path, Cancellation);
        return answer.StatusCode;
    }
}
