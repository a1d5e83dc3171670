using System.Text.RegularExpressions;
using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Description;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Task = System.Threading.Tasks.Task;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>What the server says of itself is what the profiles say, and what it does.</summary>
public sealed partial class ConformanceTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task Metadata_needs_no_token_and_names_this_server()
    {
        var statement = await MetadataAsync();

        statement.Implementation!.Url.Should().Be(exchange.FhirBase.ToString().TrimEnd('/'));
        statement.FhirVersion.Should().Be(FHIRVersion.N4_0_1);
        statement.Kind.Should().Be(CapabilityStatementKind.Instance);
    }

    [Fact]
    public async Task Metadata_has_the_resources_interactions_parameters_and_operations_of_the_profile()
    {
        var promised = BuiltProfiles.Read<CapabilityStatement>("CapabilityStatement-cpis-server.json");
        var given = await MetadataAsync();

        Lines(given).Should().BeEquivalentTo(Lines(promised));
        given.Instantiates.Should().Contain(promised.Url);
    }

    [Fact]
    public void Each_definition_of_our_own_that_metadata_names_is_among_the_built_profiles()
    {
        foreach (var resource in CapabilityTable.Resources)
        {
            foreach (var parameter in resource.SearchParameters)
                if (parameter.Definition.Contains("fhir.cpis.example", StringComparison.Ordinal))
                    BuiltProfiles
                        .Read<SearchParameter>($"SearchParameter-{parameter.Definition.Split('/')[^1]}.json")
                        .Url.Should()
                        .Be(parameter.Definition);
            foreach (var operation in resource.Operations)
            {
                var definition = BuiltProfiles.Read<OperationDefinition>(
                    $"OperationDefinition-{operation.Definition.Split('/')[^1]}.json"
                );
                definition.Code.Should().Be(operation.Name);
                definition.Type.Should().Be(operation.OnType.Count > 0);
                // $validate of one resource is for what is kept.
                if (operation.Name != "validate")
                    definition.Instance.Should().Be(operation.OnInstance.Count > 0);
            }
        }
    }

    [Fact]
    public void Each_interaction_that_is_promised_has_its_endpoint_and_each_endpoint_is_promised()
    {
        var served = exchange
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint =>
                (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
                    // HEAD is GET without a body.
                    .Where(method => method != "HEAD")
                    .Select(method =>
                        $"{method} {Constraint().Replace("/" + endpoint.RoutePattern.RawText!.Trim('/'), "}")}"
                    )
            )
            .Where(route => route.Contains("/FHIR/R4", StringComparison.Ordinal))
            // What the base is to a browser.
            .Where(route => route != "GET /FHIR/R4")
            // A look-up and a search may share an address.
            .Distinct();
        served.Should().BeEquivalentTo(CapabilityTable.Routes.Select(route => $"{route.Method} /FHIR/R4{route.Path}"));
    }

    [Fact]
    public void Each_interaction_needs_its_scope_and_each_scope_is_of_an_interaction()
    {
        var needed = new HashSet<(CallerKind Kind, string Type, char Letter)>();
        var endpoints = exchange.Services.GetRequiredService<EndpointDataSource>();
        foreach (var route in CapabilityTable.Routes)
        foreach (var guest in DescribedRoutes.EndpointsOf(route, endpoints).SelectMany(GuestsOf))
        {
            var held = SmartScopes.Of(guest.Kind);
            foreach (var scope in guest.Scopes)
            {
                SmartScopes.IsWithin(scope, held).Should().BeTrue($"{guest.Kind} can have {scope} for {route.Path}");
                if (scope.Split('/', '.') is [_, var type, var letters])
                    needed.UnionWith(letters.Select(letter => (guest.Kind, type, letter)));
            }

            if (route is { Letter: { } own, Resource: { } resource })
                guest
                    .Scopes.Select(scope => scope.Split('/', '.'))
                    .Any(parts => parts[1] == resource.Type && parts[2].Contains(own))
                    .Should()
                    .BeTrue($"{guest.Kind} needs the letter {own} for {route.Method} {route.Path}");
        }

        var allowed = Enum.GetValues<CallerKind>()
            .SelectMany(kind =>
                SmartScopes
                    .Of(kind)
                    .Select(scope => scope.Split('/', '.'))
                    .Where(parts => parts.Length == 3)
                    .SelectMany(parts => parts[2].Select(letter => (Kind: kind, Type: parts[1], Letter: letter)))
            )
            .ToList();
        // The scopes have the letter of DELETE for all that an authority writes; where there is no DELETE, it allows nothing.
        var deleted = CapabilityTable.Routes.Where(route => route.Letter == 'd').Select(route => route.Resource!.Type);
        allowed
            .Where(each => each.Letter != 'd' || deleted.Contains(each.Type))
            .Should()
            .BeSubsetOf(needed, "a scope that allows nothing would be a promise");
    }

    private static IReadOnlyList<Guest> GuestsOf(Microsoft.AspNetCore.Http.Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<Admits>()!.Guests;

    [Fact]
    public async Task An_answer_reads_strictly_and_holds_to_the_profiles_that_it_claims()
    {
        var child = exchange.NewChild(exchange.Plan(), exchange.Plan(Core.Plans.PlanTypes.LookedAfter));
        var mother = exchange.NewChild(
            exchange.Plan(Core.Plans.PlanTypes.UnbornChildProtectionPlan, end: exchange.Today.AddDays(40))
        );
        var acknowledged = await exchange.UploadAsync("authority-xhf01", child, mother);
        await exchange.UploadAsync("authority-xst05", child);
        var setting = await exchange.AsAsync("hareford-ed");
        var missed = await setting.LookUpAsync(exchange.NewNumber());
        var refused = await setting.AskAsync(Way.Operation, "9990000001");
        var nobody = await (await exchange.SignInAsync("hareford-ed", null)).LookUpAsync(child.NhsNumber);

        foreach (
            var answer in new[]
            {
                acknowledged,
                await setting.LookUpAsync(child.NhsNumber),
                await setting.LookUpAsync(mother.NhsNumber),
                missed,
                await (await exchange.AsAsync("gp-hareford")).LookUpAsync(child.NhsNumber),
                await (await exchange.AsAsync("authority-xhf01")).GetAsync("AuditEvent"),
                await (await exchange.AsAsync("authority-xhf01")).GetAsync("Patient"),
                await (await exchange.AsAsync("authority-xhf01")).GetAsync("EpisodeOfCare"),
                await (await exchange.AsAsync("authority-xhf01")).GetAsync("Flag"),
                await (await exchange.AsAsync("operator")).GetAsync("AuditEvent"),
                await (await exchange.AsAsync("operator")).GetAsync("Organization"),
            }
        )
        {
            var bundle = (Bundle)FhirJsonDeserializer.STRICT.DeserializeResource(answer.Text);
            foreach (var resource in bundle.Entry.Select(e => e.Resource).Append(bundle).OfType<Resource>())
                BuiltProfiles.Problems(resource).Should().BeEmpty($"{resource.TypeName}/{resource.Id} claims to");
        }

        foreach (var answer in new[] { refused, nobody })
            FhirJsonDeserializer.STRICT.DeserializeResource(answer.Text).Should().BeOfType<OperationOutcome>();
    }

    private async Task<CapabilityStatement> MetadataAsync()
    {
        var answer = await exchange.Anonymous.GetAsync("metadata");
        answer.Status.Should().Be(200);
        return (CapabilityStatement)FhirJsonDeserializer.STRICT.DeserializeResource(answer.Text);
    }

    private static IEnumerable<string> Lines(CapabilityStatement statement) =>
        statement.Rest.SelectMany(rest =>
            rest.Resource.SelectMany(resource =>
                    resource
                        .Interaction.Select(i => $"interaction {i.Code}")
                        .Concat(resource.SearchParam.Select(p => $"search {p.Name} {p.Type} {p.Definition}"))
                        .Concat(resource.SearchInclude.Select(i => $"include {i}"))
                        .Concat(resource.SearchRevInclude.Select(i => $"reverse include {i}"))
                        .Concat(resource.SupportedProfile.Select(p => $"profile {p}"))
                        .Concat(resource.Operation.Select(o => $"operation {o.Name} {o.Definition}"))
                        .Append($"versioning {resource.Versioning}")
                        .Append($"conditional update {resource.ConditionalUpdate ?? false}")
                        .Append($"conditional create {resource.ConditionalCreate ?? false}")
                        .Append($"conditional delete {resource.ConditionalDelete}")
                        .Append($"conditional read {resource.ConditionalRead}")
                        .Append($"update creates {resource.UpdateCreate}")
                        .Select(line => $"{resource.Type} {line}")
                )
                .Concat(rest.Interaction.Select(i => $"{rest.Mode} {i.Code}"))
        );

    [GeneratedRegex(":[^}]*}")]
    private static partial Regex Constraint();
}
