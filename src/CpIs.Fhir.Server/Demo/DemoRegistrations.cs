using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Administration;

namespace CpIs.Fhir.Server.Demo;

/// <summary>
/// Registers the synthetic organisations and clients of <c>examples/</c>, whose private keys are public: only ever called
/// under <c>--demo</c>. They pass the same rules as what an operator registers; on a second start nothing changes.
/// </summary>
internal static class DemoRegistrations
{
    private const string Organisations = "demo/organisations.json";
    private const string Clients = "demo/clients/";

    /// <summary>What tells one public key from another: the modulus of an RSA key, the point of an EC key.</summary>
    private static readonly string[] PublicParts = ["n", "x"];

    /// <summary>Registers them all.</summary>
    /// <exception cref="InvalidOperationException">An example file breaks a rule.</exception>
    public static async Task RegisterAsync(RegistrationWriter writer, IdGenerator ids, CancellationToken cancellation)
    {
        var clients = ReadClients();
        var (operatorClient, operatorName) = (
            clients.First(client => client.Kind == CallerKind.Operator),
            "CpIs.Fhir demonstration (synthetic)"
        );
        var actor = new Actor(
            operatorClient.ClientId,
            OdsCode.Parse(operatorClient.Organisation),
            operatorName,
            ids.Next()
        );
        foreach (var organisation in ReadOrganisations())
            Check(await writer.PutAsync(organisation, actor, cancellation), organisation.Code.Value);
        foreach (var client in clients)
            Check(await writer.PutAsync(RegistrationOf(client), actor, cancellation), client.ClientId);
    }

    /// <summary>The client files, as a user of them reads them.</summary>
    public static IReadOnlyList<ClientFile> ReadClients() =>
        [
            .. typeof(DemoRegistrations)
                .Assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(Clients, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => JsonSerializer.Deserialize(Open(name), ClientFileJson.Default.ClientFile)!),
        ];

    /// <summary>The organisations.</summary>
    public static IReadOnlyList<Organisation> ReadOrganisations() =>
        [
            .. JsonDocument
                .Parse(Open(Organisations))
                .RootElement.EnumerateObject()
                .Select(entry =>
                    Check(OrganisationForm.Read(OdsCode.Parse(entry.Name), JsonForm.Of(entry.Value)), entry.Name)
                ),
        ];

    /// <summary>True for a client, of whatever id, that can be proved by one of the private keys that everybody has.</summary>
    public static bool HasDemoKey(ClientRegistration client) =>
        ReadClients()
            .Any(file =>
                PublicParts.Any(member =>
                    file.Jwk.TryGetProperty(member, out var value)
                    && client.JsonWebKeySet.Contains(value.GetString()!, StringComparison.Ordinal)
                )
            );

    private static ClientRegistration RegistrationOf(ClientFile file)
    {
        // A client file holds the private key; only these public members are registered.
        string[] shown = ["kty", "kid", "alg", "use", "n", "e", "crv", "x", "y"];
        var key = file.Jwk.EnumerateObject().Where(member => shown.Contains(member.Name));
        var set = JsonSerializer.SerializeToElement(
            new { keys = new[] { key.ToDictionary(member => member.Name, member => member.Value) } }
        );
        var form = JsonForm.Of(set);
        return new ClientRegistration
        {
            ClientId = file.ClientId,
            Organisation = OdsCode.Parse(file.Organisation),
            Kind = file.Kind,
            JsonWebKeySet =
                KeySetForm.Read(form)
                ?? throw new InvalidOperationException($"{file.ClientId}: {form.Issues[0].Diagnostics}"),
        };
    }

    private static T Check<T>(Result<T> result, string what) =>
        result.Refusal is { } refusal
            ? throw new InvalidOperationException(
                $"{what}: {refusal.Issues[0].Expression} {refusal.Issues[0].Diagnostics}"
            )
            : result.Value;

    private static Stream Open(string name) =>
        typeof(DemoRegistrations).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"{name} is not embedded.");
}
