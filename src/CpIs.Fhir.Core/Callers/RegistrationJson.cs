using System.Text.Json;
using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Callers;

/// <summary>Organisations and clients as the store keeps them: <see cref="Registration"/>s of JSON.</summary>
public static class RegistrationForm
{
    /// <summary>Kind of an organisation's registration.</summary>
    public const string OrganisationKind = "organisation";

    /// <summary>Kind of a client's registration.</summary>
    public const string ClientKind = "client";

    /// <summary>Kind of a request that awaits a second person, or had one.</summary>
    public const string ApprovalKind = "approval";

    /// <summary>Kind of what is known of how new an authority's register is.</summary>
    public const string RegisterKind = "register";

    /// <summary>An organisation, as it is stored.</summary>
    public static Registration Of(Organisation organisation) =>
        new(
            OrganisationKind,
            organisation.Code.Value,
            JsonSerializer.SerializeToUtf8Bytes(organisation, RegistrationJson.Default.Organisation)
        );

    /// <summary>A client, as it is stored.</summary>
    public static Registration Of(ClientRegistration client) =>
        new(
            ClientKind,
            client.ClientId,
            JsonSerializer.SerializeToUtf8Bytes(client, RegistrationJson.Default.ClientRegistration)
        );

    /// <summary>A request, as it is stored: one of each kind for an authority.</summary>
    public static Registration Of(ApprovalRequest request) =>
        new(
            ApprovalKind,
            $"{request.Authority} {request.Kind}",
            JsonSerializer.SerializeToUtf8Bytes(request, RegistrationJson.Default.ApprovalRequest)
        );

    /// <summary>How new a register is, as it is stored.</summary>
    public static Registration Of(AuthorityRegister register) =>
        new(
            RegisterKind,
            register.Authority.Value,
            JsonSerializer.SerializeToUtf8Bytes(register, RegistrationJson.Default.AuthorityRegister)
        );

    /// <summary>The directory that a snapshot of the store holds.</summary>
    /// <exception cref="JsonException">A stored registration cannot be read: it was not written by this program.</exception>
    public static OrganisationDirectory ReadAll(RegistrationSnapshot snapshot)
    {
        var organisations = new List<Organisation>();
        var clients = new List<ClientRegistration>();
        var approvals = new List<ApprovalRequest>();
        var registers = new List<AuthorityRegister>();
        foreach (var registration in snapshot.Registrations)
            switch (registration.Kind)
            {
                case OrganisationKind:
                    organisations.Add(Read(registration, RegistrationJson.Default.Organisation));
                    break;
                case ClientKind:
                    clients.Add(Read(registration, RegistrationJson.Default.ClientRegistration));
                    break;
                case ApprovalKind:
                    approvals.Add(Read(registration, RegistrationJson.Default.ApprovalRequest));
                    break;
                case RegisterKind:
                    registers.Add(Read(registration, RegistrationJson.Default.AuthorityRegister));
                    break;
            }

        return new OrganisationDirectory(snapshot.Stamp, organisations, clients, approvals, registers);
    }

    private static T Read<T>(Registration registration, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(registration.Json.Span, type)
        ?? throw new JsonException($"The registration of {registration.Kind} {registration.Id} is null.");
}

/// <summary>An ODS code as JSON string.</summary>
internal sealed class OdsCodeJson : JsonConverter<OdsCode>
{
    public override OdsCode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        OdsCode.TryParse(reader.GetString(), out var code)
            ? code
            : throw new JsonException("Not a well-formed ODS code.");

    public override void Write(Utf8JsonWriter writer, OdsCode value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

/// <summary>Modes and kinds as their lower-case names.</summary>
internal sealed class LowerCaseEnum<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Source-generated JSON of registrations.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(OdsCodeJson),
        typeof(UploadCalendarJson),
        typeof(LowerCaseEnum<CallerKind>),
        typeof(LowerCaseEnum<LookUpMode>),
    ]
)]
[JsonSerializable(typeof(Organisation))]
[JsonSerializable(typeof(ClientRegistration))]
[JsonSerializable(typeof(ApprovalRequest))]
[JsonSerializable(typeof(AuthorityRegister))]
internal sealed partial class RegistrationJson : JsonSerializerContext;

/// <summary>JSON of the claim <c>cpis_user</c> as it is read: nothing missing, nothing more, nothing twice.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 4
)]
[JsonSerializable(typeof(ClientUser))]
internal sealed partial class StrictClientUserJson : JsonSerializerContext;
