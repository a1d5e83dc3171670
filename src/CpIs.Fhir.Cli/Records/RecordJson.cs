using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Records;

/// <summary>What records have in common, read from their JSON.</summary>
internal static class RecordJson
{
    /// <summary>The version, from 1; 0 where there is none.</summary>
    public static int Version(this JsonElement resource) =>
        int.TryParse(
            resource.At("meta").Text("versionId"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var version
        )
            ? version
            : 0;

    /// <summary>When it was last written, as the exchange wrote it.</summary>
    public static string? LastUpdated(this JsonElement resource) => resource.At("meta").Text("lastUpdated");

    /// <summary>The value of the identifier whose system begins so, or an empty text.</summary>
    public static string Identifier(this JsonElement resource, string system) =>
        resource
            .List("identifier")
            .FirstOrDefault(id => id.Text("system")?.StartsWith(system, StringComparison.Ordinal) == true)
            .Text("value")
        ?? "";

    /// <summary>The NHS number of a reference's identifier, or an empty text.</summary>
    public static string NhsNumber(this JsonElement reference) =>
        reference.At("identifier") is var identifier && identifier.Text("system") == FhirSystems.NhsNumber
            ? identifier.Text("value") ?? ""
            : "";
}
