using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Administration;

/// <summary>
/// Registers the first operator from the settings while no operator's client is registered, by its public key: the
/// only way in to an empty exchange, and no secret in it. Later starts leave registrations alone.
/// </summary>
internal sealed partial class FirstOperator(
    SecurityOptions options,
    IOrganisationDirectory directory,
    RegistrationWriter writer,
    IdGenerator ids,
    ILogger<FirstOperator> logger
) : IHostedService
{
    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (directory.Current.Clients.Any(client => client.Kind == CallerKind.Operator))
            return;
        if (options.FirstOperator is not { } first)
        {
            NoOperator(logger);
            return;
        }

        var code = OdsCode.Parse(first.OrganisationCode);
        var actor = new Actor(first.ClientId, code, first.OrganisationName, ids.Next());
        var organisation = new Organisation
        {
            Code = code,
            Name = first.OrganisationName,
            Kind = CallerKind.Operator,
        };
        var client = new ClientRegistration
        {
            ClientId = first.ClientId,
            Organisation = code,
            Kind = CallerKind.Operator,
            JsonWebKeySet = ReadKeys(first.PublicKeyFile),
        };
        if (!ClientForm.IsClientId(first.ClientId))
            throw new InvalidConfigurationException(
                "Security:FirstOperator:ClientId: a client id must be 1 to 128 letters, digits or . _ : -"
            );
        if (
            (await writer.PutAsync(organisation, actor, cancellationToken)).Refusal is { } refused
            || (refused = (await writer.PutAsync(client, actor, cancellationToken)).Refusal) is not null
        )
            throw new InvalidConfigurationException($"Security:FirstOperator: {refused.Issues[0].Diagnostics}");
        Registered(logger, first.ClientId, first.OrganisationCode);
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string ReadKeys(string path)
    {
        const string Place = "Security:FirstOperator:PublicKeyFile";
        if (!File.Exists(path))
            throw new InvalidConfigurationException($"{Place}: the file {path} does not exist.");
        try
        {
            var file = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
            if (file.ValueKind == JsonValueKind.Object && !file.TryGetProperty("keys", out _))
                file = JsonSerializer.SerializeToElement(new { keys = new[] { file } });
            var form = JsonForm.Of(file);
            return KeySetForm.Read(form)
                ?? throw new InvalidConfigurationException(
                    $"{Place}: {string.Join("; ", form.Issues.Select(i => $"{i.Expression}: {i.Diagnostics}"))}"
                );
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            throw new InvalidConfigurationException($"{Place}: {path} does not contain a JWK or JWK Set.");
        }
    }

    [LoggerMessage(30, LogLevel.Warning, "No operator is registered: set Security:FirstOperator and start again")]
    private static partial void NoOperator(ILogger logger);

    [LoggerMessage(31, LogLevel.Information, "Registered the first operator: client {ClientId} of {Organisation}")]
    private static partial void Registered(ILogger logger, string clientId, string organisation);
}
