using System.Text.Json;
using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// A client as its owner keeps it on disk: one JSON file with its id, its private key and, where there is one, the person
/// in whose name it asks. The files under <c>examples/clients</c> are synthetic; a real one is a secret.
/// </summary>
public sealed record ClientFile
{
    /// <summary>The registered <c>client_id</c>.</summary>
    public required string ClientId { get; init; }

    /// <summary><c>authority</c>, <c>setting</c>, <c>tester</c> or <c>operator</c>.</summary>
    public required CallerKind Kind { get; init; }

    /// <summary>ODS code of the organisation it is registered for.</summary>
    public required string Organisation { get; init; }

    /// <summary>The private JSON Web Key (RFC 7517) with <c>kid</c> and <c>alg</c> (RS384, RS512 or ES384).</summary>
    public required JsonElement Jwk { get; init; }

    /// <summary>The person who acts; sent as claim <c>cpis_user</c>.</summary>
    public ClientUser? User { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="JsonException">It is not a client file; the message says where.</exception>
    public static ClientFile Read(string path) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(path), ClientFileJson.Default.ClientFile)
        ?? throw new JsonException($"{path} holds null, not a client.");
}

/// <summary>The claim <c>cpis_user</c>: the person behind a signed client assertion, and what they may do.</summary>
/// <param name="SdsUserId">SDS user id.</param>
/// <param name="RoleProfileId">SDS role profile id, where there is one.</param>
/// <param name="RoleCode">SDS job role code.</param>
/// <param name="RoleName">The role in words.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Activities">What they may do; see <see cref="Callers.Activities"/>.</param>
public sealed record ClientUser(
    string SdsUserId,
    string? RoleProfileId,
    string RoleCode,
    string RoleName,
    string Name,
    IReadOnlyList<string> Activities
);

/// <summary>Source-generated JSON of <see cref="ClientFile"/> and <see cref="ClientUser"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false
)]
[JsonSerializable(typeof(ClientFile))]
[JsonSerializable(typeof(ClientUser))]
public sealed partial class ClientFileJson : JsonSerializerContext;
