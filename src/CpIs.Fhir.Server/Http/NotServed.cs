using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;
using Microsoft.Net.Http.Headers;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// Says of an interaction that this server does not have what there is instead: from <see cref="CapabilityTable"/>, so that a
/// refusal promises nothing that is not there. An address with other methods is 405 with Allow; any other is 404
/// (R4 http.html#Status-Codes).
/// </summary>
internal sealed class NotServed(Addresses addresses)
{
    /// <summary>404 of a search over all types, which is what GET at the FHIR base is in R4 (http.html#search).</summary>
    public static Refusal SearchOfAll { get; } =
        NotThere(
            "A search of all types is not supported. Search one type: GET [type]?... or POST [type]/_search. What is supported is in metadata."
        );

    /// <summary>The methods that are at this address, or none.</summary>
    public IReadOnlyList<string> MethodsAt(HttpRequest request) => addresses.MethodsAt(request);

    /// <summary>405 with its header, or 404.</summary>
    public Refusal Refuse(HttpContext context)
    {
        var request = context.Request;
        var methods = MethodsAt(request);
        if (methods.Contains(request.Method))
            return Refusal.Unknown("What this address names");
        // Routing may have put there what other addresses have.
        context.Response.Headers.Remove(HeaderNames.Allow);
        if (methods.Count == 0)
            return request.Path.StartsWithSegments(
                ExchangeUrls.FhirPath,
                StringComparison.OrdinalIgnoreCase,
                out var below
            )
                ? Refuse(below.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries))
                : Refusal.Unknown("This address");
        var allowed = string.Join(", ", methods);
        context.Response.Headers.Allow = allowed;
        return Unsupported(
            RefusalKind.NotAllowed,
            $"{request.Method} is not supported at this address. Allowed: {allowed}.{Instead(request, methods)}"
        );
    }

    private static string Instead(HttpRequest request, IReadOnlyList<string> methods) =>
        HttpMethods.IsPatch(request.Method) && methods.Contains(HttpMethods.Put)
            ? " Patches are not supported: send the whole resource with PUT."
            : "";

    /// <summary>What is not there below the FHIR base, by what it would be in R4.</summary>
    private static Refusal Refuse(string[] path) =>
        path switch
        {
            ["_history"] => NotThere(
                $"The history of the whole server is not supported. Read that of one resource: GET [type]/[id]/_history, for {Having("history-instance")}."
            ),
            ["_search"] => SearchOfAll,
            [['$', ..]] => NotThere(
                $"No operation is supported at the FHIR base. Supported: {string.Join(", ", CapabilityTable.Resources.SelectMany(Operations).Distinct())}."
            ),
            [var type, .. var rest] when CapabilityTable.Resources.FirstOrDefault(row => row.Type == type) is { } row =>
                Refuse(row, rest),
            [var type, ..] => NotThere(
                $"This resource type is not supported.{Meant(type)} Supported: {string.Join(", ", CapabilityTable.Resources.Select(row => row.Type))}."
            ),
            _ => Refusal.Unknown("This address"),
        };

    private static Refusal Refuse(ResourceCapability row, string[] rest) =>
        rest switch
        {
            ["_history"] => NotThere(
                row.Interactions.Contains("history-instance")
                    ? $"The history of all {row.Type} is not supported. Read that of one: GET {row.Type}/[id]/_history."
                    : $"{row.Type} has no history. {Offer(row)}"
            ),
            [['$', ..]] or [_, ['$', ..]] => NotThere($"This operation is not supported. {Offer(row)}"),
            [_, "_history", _] when row.IsVersioned => NotFound(
                "A version is a whole number from 1: the one in the ETag and in meta.versionId."
            ),
            [var id] when row.Interactions.Contains("read") && !FhirIdConstraint.IsId(id) => NotFound(
                "An id is 1 to 64 letters, digits, dashes and dots."
            ),
            _ => NotThere($"This address does not exist. {Offer(row)}"),
        };

    private static string Offer(ResourceCapability row) =>
        $"Supported for {row.Type}: {string.Join(", ", row.Offers)}.";

    private static IEnumerable<string> Operations(ResourceCapability row) =>
        row.Operations.Select(operation => $"{row.Type}/${operation.Name}");

    private static string Having(string interaction) =>
        string.Join(
            ", ",
            CapabilityTable.Resources.Where(row => row.Interactions.Contains(interaction)).Select(row => row.Type)
        );

    private static string Meant(string type) =>
        Spelling.Nearest(type, CapabilityTable.Resources.Select(row => row.Type)) is { } near
            ? $" Did you mean {near}?"
            : "";

    private static Refusal NotThere(string diagnostics) => Unsupported(RefusalKind.Unknown, diagnostics);

    private static Refusal NotFound(string diagnostics) =>
        Refusal.Because(RefusalKind.Unknown, new Issue("not-found", diagnostics, null, SpineCodes.ResourceNotFound));

    private static Refusal Unsupported(RefusalKind kind, string diagnostics) =>
        Refusal.Because(kind, new Issue("not-supported", diagnostics, null, SpineCodes.UnsupportedService));
}
