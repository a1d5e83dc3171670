using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>How a client finds the token endpoint: SMART App Launch 2, for backend services.</summary>
internal static class WellKnownEndpoints
{
    public static void MapSmartConfiguration(this IEndpointRouteBuilder fhir) =>
        fhir.MapRead(
                "/.well-known/smart-configuration",
                (ExchangeUrls urls) => Results.Bytes(Write(urls), "application/json")
            )
            .Admit(Admits.Anyone)
            .TakesOnlyAnswerParameters("reading the SMART configuration");

    private static byte[] Write(ExchangeUrls urls)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("issuer", urls.Issuer);
        json.WriteString("jwks_uri", urls.Root + "/.well-known/jwks.json");
        json.WriteString("token_endpoint", urls.Token);
        WriteArray(json, "grant_types_supported", "client_credentials");
        WriteArray(json, "token_endpoint_auth_methods_supported", "private_key_jwt");
        WriteArray(json, "token_endpoint_auth_signing_alg_values_supported", "RS384", "RS512", "ES384");
        WriteArray(json, "scopes_supported", [.. Enum.GetValues<CallerKind>().SelectMany(SmartScopes.Of).Distinct()]);
        WriteArray(json, "capabilities", "client-confidential-asymmetric", "permission-v2", "permission-user");
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteArray(Utf8JsonWriter json, string name, params string[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
