using System.Text;
using System.Text.Json;
using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Description;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>What is listed is there, and what is not listed is refused.</summary>
public sealed class DescriptionTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string Base = "/FHIR/R4";
    private const string Version = "1";

    private static readonly Dictionary<CallerKind, string> Callers = new()
    {
        [CallerKind.Authority] = "authority-xhf01",
        [CallerKind.Setting] = "hareford-ed",
        [CallerKind.Tester] = "tester",
        [CallerKind.Operator] = "operator",
    };

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    private static readonly string[] Shapes =
    [
        "",
        "/_search",
        "/_history",
        "/{id}",
        "/{id}/_history",
        "/{id}/_history/{version}",
        "/{id}/EpisodeOfCare",
        "/{id}/*",
        "/$validate",
        "/{id}/$validate",
        "/$child-protection",
        "/{id}/$child-protection",
        "/$status",
        "/{id}/$status",
        "/$everything",
        "/{id}/$everything",
    ];

    [Fact]
    public async Task The_description_has_each_route_of_the_table_with_the_scopes_that_tokens_can_have()
    {
        var answer = await exchange.Anonymous.GetAsync("/openapi.json");

        answer.Status.Should().Be(200);
        answer.Json.GetProperty("openapi").GetString().Should().StartWith("3.1");
        Described(answer.Json)
            .Select(each => $"{each.Method} {each.Path}")
            .Should()
            .BeEquivalentTo(CapabilityTable.Routes.Select(route => $"{route.Method} {Base}{route.Path}"));
        answer
            .Json.GetProperty("components")
            .GetProperty("securitySchemes")
            .GetProperty("oauth2")
            .GetProperty("flows")
            .GetProperty("clientCredentials")
            .GetProperty("scopes")
            .EnumerateObject()
            .Select(scope => scope.Name)
            .Should()
            .BeEquivalentTo(Enum.GetValues<CallerKind>().SelectMany(SmartScopes.Of).Distinct());
        Described(answer.Json)
            .Select(each => each.Operation.GetProperty("operationId").GetString())
            .Should()
            .OnlyHaveUniqueItems();
        answer.Text.Should().NotContain("HttpContext").And.NotContain("IRecordStore");
    }

    [Fact]
    public async Task A_daily_file_is_described_with_its_forms_and_what_is_said_of_it_in_the_address()
    {
        var answer = await exchange.Anonymous.GetAsync("/openapi.json");

        var upload = Described(answer.Json)
            .Single(each => each.Path.EndsWith("/$upload", StringComparison.Ordinal))
            .Operation;
        upload
            .GetProperty("requestBody")
            .GetProperty("content")
            .EnumerateObject()
            .Select(type => type.Name)
            .Should()
            .Contain(["application/fhir+json", "application/fhir+ndjson", "text/csv"]);
        upload
            .GetProperty("parameters")
            .EnumerateArray()
            .Select(parameter => parameter.GetProperty("name").GetString())
            .Should()
            .Contain(["sequence", "made", "mode", "count", "dry-run", "part", "parts"]);
    }

    [Fact]
    public async Task Each_that_is_listed_answers_each_caller_that_it_names()
    {
        var ids = await IdsAsync();
        var description = (await exchange.Anonymous.GetAsync("/openapi.json")).Json;
        foreach (var (method, path, operation) in Described(description).OrderBy(each => each.Method == "DELETE"))
        {
            var route = CapabilityTable.Routes.Single(each => each.Method == method && Base + each.Path == path);
            var callers = DescribedRoutes
                .EndpointsOf(route, exchange.Services.GetRequiredService<EndpointDataSource>())
                .SelectMany(endpoint => endpoint.Metadata.GetMetadata<Admits>()!.Guests)
                .Select(guest => Callers[guest.Kind]);
            foreach (var client in callers.DefaultIfEmpty(null))
            {
                var type = path[Base.Length..].Split('/')[1..].FirstOrDefault() ?? "";
                var address = Filled(path, ids.GetValueOrDefault(type, "1"));
                var speaker = client is null ? exchange.Anonymous : await exchange.AsAsync(client);
                using var body = BodyOf(operation);
                var answer = await speaker.SendAsync(new HttpMethod(method), address, body);

                // Not yours is unknown: a tester has no records of its own. And nobody asked for an ending.
                if (
                    path.Contains("{id}/$validate", StringComparison.Ordinal) && client != "authority-xhf01"
                    || (method, path) == ("GET", Base + "/$upload/{id}/$end-missing")
                )
                    answer.Issue.Code.Should().NotBe("not-supported");
                else
                    answer.Status.Should().NotBe(404, $"{method} {address} as {client}: {answer.Text}");
                answer.Status.Should().NotBe(405, $"{method} {address} as {client}");
                answer.Status.Should().NotBe(401, $"{method} {address} as {client}");
                answer.Status.Should().NotBe(403, $"{method} {address} as {client}");
                answer.Status.Should().BeLessThan(500, $"{method} {address} as {client}: {answer.Text}");
                if (answer.Status >= 400)
                    answer.Issue.Diagnostics.Should().NotBeEmpty();
            }
        }
    }

    [Fact]
    public async Task Each_that_is_not_listed_is_refused_with_an_OperationOutcome()
    {
        var listed = CapabilityTable.Routes.Select(route => (route.Method, route.Path)).ToHashSet();
        var ids = await IdsAsync();
        var authority = await exchange.AsAsync("authority-xhf01");
        var (missing, other) = (0, 0);
        var paths = CapabilityTable
            .Resources.Select(resource => resource.Type)
            .Concat(["Observation", "CarePlan", "Binary"])
            .SelectMany(type => Shapes.Select(shape => $"/{type}{shape}"))
            .Concat(["", "/_history", "/_search", "/metadata", "/.well-known/smart-configuration", "/$export"]);
        foreach (var path in paths)
        foreach (var method in Methods.Where(method => !listed.Contains((method, path))))
        {
            var address = Base + Filled(path, ids.GetValueOrDefault(path.Split('/')[^1], "1"));
            using var body = method == "GET" ? null : Content("{}", "application/fhir+json");
            var answer = await authority.SendAsync(new HttpMethod(method), address, body);

            answer.Status.Should().BeOneOf([404, 405], $"{method} {address}: {answer.Text}");
            answer.Issue.Diagnostics.Should().NotBeEmpty();
            if (answer.Status == 404)
            {
                missing++;
                answer.Headers.Should().NotContainKey("Allow", $"{method} {address}");
                continue;
            }

            other++;
            var allowed = answer.Headers["Allow"].Split(", ");
            allowed.Should().NotContain(method, $"{method} {address}").And.NotBeEmpty();
            if (path.Length > 0)
                allowed
                    .Where(each => each != "HEAD")
                    .Should()
                    .BeEquivalentTo(Methods.Where(each => listed.Contains((each, path))), address);
        }

        missing.Should().BeGreaterThan(300);
        other.Should().BeGreaterThan(150);
    }

    private static IEnumerable<(string Method, string Path, JsonElement Operation)> Described(
        JsonElement description
    ) =>
        description
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Select(operation => (operation.Name.ToUpperInvariant(), path.Name, operation.Value))
            );

    private static string Filled(string path, string id) =>
        path.Replace("{id}", id, StringComparison.Ordinal).Replace("{version}", Version, StringComparison.Ordinal);

    private static StringContent? BodyOf(JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body)
            ? body.GetProperty("content").EnumerateObject().First().Name is var type && type.Contains("form")
                ? Content("", type)
                : Content("{}", type)
            : null;

    private static StringContent Content(string text, string type) => new(text, Encoding.UTF8, type);

    /// <summary>For each type something that is there for the authority, and for everybody where it is published.</summary>
    private async Task<Dictionary<string, string>> IdsAsync()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        var authority = await exchange.AsAsync("authority-xhf01");
        var wanted = await File.ReadAllTextAsync(
            Path.Combine(BuiltProfiles.Repository(), "examples", "resources", "Subscription-XHF01-1.json")
        );
        var sent = System.Text.Json.Nodes.JsonNode.Parse(wanted)!;
        sent["status"] = "requested";
        sent["channel"]!["endpoint"] = "http://127.0.0.1:9/";
        (await authority.PostAsync("Subscription", sent.ToJsonString())).Status.Should().BeOneOf([201, 409]);
        using var nothing = Content("", "application/fhir+ndjson");
        (
            await authority.SendAsync(
                HttpMethod.Post,
                "$upload?sequence=1&made=2026-06-10T08:00:00Z&count=0&mode=full",
                nothing
            )
        )
            .Status.Should()
            .Be(200);
        var ids = new Dictionary<string, string> { ["$upload"] = "XHF01-1" };
        foreach (var row in CapabilityTable.Resources.Where(row => row.Interactions.Contains("read")))
        {
            // An authority reads its own Organization, and searches none.
            var search = row.Type == "Organization" ? "Flag?_count=1&_include=Flag:author" : $"{row.Type}?_count=1";
            var found = await authority.GetAsync(search);
            found.Status.Should().Be(200, found.Text);
            found.AllEntries.Should().NotBeEmpty(row.Type);
            ids[row.Type] = found.AllEntries[^1].GetProperty("resource").GetProperty("id").GetString()!;
        }

        return ids;
    }
}
