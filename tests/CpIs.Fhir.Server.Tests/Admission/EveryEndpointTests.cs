using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.LookUps;
using CpIs.Fhir.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Admission;

/// <summary>Deny by default: each endpoint says whom it admits, and lets in nobody else.</summary>
public sealed class EveryEndpointTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private static readonly Dictionary<CallerKind, (string Client, string Name)> Callers = new()
    {
        [CallerKind.Authority] = ("authority-xhf01", "Local authorities"),
        [CallerKind.Setting] = ("hareford-ed", "Care settings"),
        [CallerKind.Tester] = ("tester", "Testers"),
        [CallerKind.Operator] = ("operator", "Operators"),
    };

    private IEnumerable<(string Route, string Method, Admits Admits)> Endpoints =>
        exchange
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Cast<RouteEndpoint>()
            .SelectMany(endpoint =>
                (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["POST"]).Select(method =>
                    (endpoint.RoutePattern.RawText!, method, endpoint.Metadata.GetMetadata<Admits>()!)
                )
            );

    [Fact]
    public void Each_says_whom_it_admits()
    {
        Endpoints.Should().HaveCountGreaterThan(60).And.OnlyContain(e => e.Admits != null);
    }

    [Fact]
    public void One_that_does_not_keeps_the_server_from_starting()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/said", () => "").Admit(Admits.Anyone);
        app.RequireStatements();
        app.MapGet("/unsaid", () => "");

        var start = () => app.RequireStatements();

        start.Should().Throw<InvalidOperationException>().WithMessage("*unsaid*does not say whom it admits*");
    }

    [Fact]
    public void Two_at_one_address_are_for_different_callers()
    {
        foreach (var shared in Endpoints.GroupBy(e => (e.Route.ToUpperInvariant(), e.Method)).Where(g => g.Count() > 1))
            shared
                .SelectMany(e => e.Admits.Guests.Select(guest => guest.Kind))
                .Should()
                .OnlyHaveUniqueItems($"{shared.Key} is one journey to each caller");
    }

    [Fact]
    public async Task Callers_of_other_kinds_are_refused_in_plain_words_and_strangers_are_401()
    {
        foreach (
            var address in Endpoints.GroupBy(e => (e.Route, e.Method)).Where(g => g.First().Admits.Guests.Count > 0)
        )
        {
            var (route, method) = address.Key;
            var path = AddressOf(route);
            (await exchange.Anonymous.SendAsync(new HttpMethod(method), path, null))
                .Status.Should()
                .Be(401, $"{method} {path}");
            foreach (var (kind, (client, name)) in Callers)
            {
                if (address.Any(e => e.Admits.Takes(kind)))
                    continue;
                var answer = await (await exchange.AsAsync(client)).SendAsync(new HttpMethod(method), path, null);
                if (
                    kind == CallerKind.Setting
                    && LookUpAddresses.At(new Uri(exchange.FhirBase, path).LocalPath) is not null
                )
                {
                    answer.Status.Should().Be(405, $"{method} {path}: a look-up has no such method");
                    continue;
                }

                answer.Status.Should().Be(403, $"{method} {path} as {kind}: {answer.Text}");
                if (method != "HEAD")
                    answer.Issue.Diagnostics.Should().Be($"{name} cannot use this endpoint.");
            }
        }
    }

    private static string AddressOf(string route) =>
        string.Join('/', route.Split('/').Select(segment => segment.StartsWith('{') ? "1" : segment));
}
