using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Validation;

/// <summary>What a <c>$validate</c> asks: from the URL, and from the body, which is the resource or Parameters with it.</summary>
/// <param name="Source">The resource; null where none was sent.</param>
/// <param name="Mode">What is to be done with it.</param>
/// <param name="Profile">Canonical that it must meet as well; null for none.</param>
internal sealed record ValidateRequest(FhirSource? Source, ValidationMode Mode, string? Profile)
{
    private static readonly string[] Known = ["resource", "mode", "profile"];

    /// <summary>Reads it; a refusal where the request itself is wrong.</summary>
    public static async Task<Result<ValidateRequest>> ReadAsync(HttpContext context, string type, UploadOptions limits)
    {
        string? mode = null,
            profile = null;
        foreach (var (name, values) in context.Request.Query)
            switch (name)
            {
                case "mode" when values.Count == 1:
                    mode = values[0];
                    break;
                case "profile" when values.Count == 1:
                    profile = values[0];
                    break;
                case "_format" or "_pretty":
                    break;
                default:
                    return Refusal.Malformed(
                        "Parameters of $validate are mode and profile, each once, besides the resource in the body.",
                        $"http.{(name is "mode" or "profile" ? name : "parameter")}"
                    );
            }

        FhirSource? source = null;
        if (!HttpMethods.IsGet(context.Request.Method) && context.Request.ContentLength is not 0)
        {
            if (
                (await RequestBody.ReadFhirAsync(context, limits.MaximumBytes)).IsRefused(out var refusal, out var body)
            )
                return refusal;
            var bounds = FhirSource.Limits with { MaximumEntries = limits.MaximumEntries };
            if (!body.Bytes.IsEmpty)
                source = body.IsXml ? FhirSource.ReadXml(body.Bytes, bounds) : FhirSource.ReadJson(body.Bytes, bounds);
            if (source?.Problems is [{ Rule: "cpis-upload-entries" } tooMany])
                return Refusal.Because(RefusalKind.TooLarge, tooMany);
        }

        if (source?.Root is { } root && IsOperation(root, type))
        {
            foreach (var parameter in root.ChildrenNamed("parameter"))
                if (!Known.Contains(parameter.Text("name")))
                    return Refusal.Malformed(
                        "Parameters of $validate are resource, mode and profile.",
                        parameter.Path + ".name"
                    );
            if (Repeated(root) is { } repeated)
                return Refusal.Malformed($"The parameter {repeated} may be there once.", "Parameters.parameter");
            mode = Value(root, "mode", "valueCode", "valueString") ?? mode;
            profile = Value(root, "profile", "valueUri", "valueCanonical", "valueString") ?? profile;
            source = Parameter(root, "resource")?.Child("resource") is { } resource ? source.Within(resource) : null;
        }

        return ModeOf(mode) is { } known
            ? new ValidateRequest(source, known, profile)
            : Refusal.Malformed("mode is create, update, delete or profile.", "http.mode");
    }

    /// <summary>Parameters are the operation's own, unless Parameters themselves are what is to be validated.</summary>
    private static bool IsOperation(FhirNode root, string type) =>
        root.ResourceType == "Parameters"
        && (type != "Parameters" || Known.Any(name => Parameter(root, name) is not null));

    private static string? Repeated(FhirNode root) =>
        Known.FirstOrDefault(name => root.ChildrenNamed("parameter").Count(p => p.Text("name") == name) > 1);

    private static FhirNode? Parameter(FhirNode root, string name) =>
        root.ChildrenNamed("parameter").FirstOrDefault(parameter => parameter.Text("name") == name);

    private static string? Value(FhirNode root, string name, params string[] forms) =>
        Parameter(root, name) is { } parameter
            ? forms.Select(parameter.Text).FirstOrDefault(value => value is not null) ?? ""
            : null;

    private static ValidationMode? ModeOf(string? mode) =>
        mode switch
        {
            null => ValidationMode.Content,
            "create" => ValidationMode.Create,
            "update" => ValidationMode.Update,
            "delete" => ValidationMode.Delete,
            "profile" => ValidationMode.Profile,
            _ => null,
        };
}
