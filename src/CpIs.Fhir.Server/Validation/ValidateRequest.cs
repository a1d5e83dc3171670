using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Searching;
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

    private static readonly ParameterTable Table = new(
        "parameter of $validate",
        [
            new("mode", ParameterKind.Code) { IsOnce = true },
            new("profile", ParameterKind.Uri) { IsOnce = true, MostValues = 1 },
        ]
    );

    /// <summary>The body, unread as FHIR; empty where none was sent.</summary>
    public static async Task<Result<(ReadOnlyMemory<byte> Bytes, bool IsXml)>> ReadBodyAsync(
        HttpContext context,
        int limit
    ) =>
        HttpMethods.IsGet(context.Request.Method) || context.Request.ContentLength is 0
            ? (ReadOnlyMemory<byte>.Empty, false)
            : await RequestBody.ReadFhirAsync(context, limit);

    /// <summary>Parses it; a refusal where the request itself is wrong.</summary>
    public static Result<ValidateRequest> Parse(
        HttpContext context,
        string type,
        (ReadOnlyMemory<byte> Bytes, bool IsXml) body,
        UploadOptions limits
    )
    {
        if (SearchInput.FromUrl(context, Table).IsRefused(out var refusal, out var asked))
            return refusal;
        var (mode, profile) = (asked.Code("mode"), asked.Code("profile"));

        var bounds = FhirSource.Limits with { MaximumEntries = limits.MaximumEntries };
        var source =
            body.Bytes.IsEmpty ? null
            : body.IsXml ? FhirSource.ReadXml(body.Bytes, bounds)
            : FhirSource.ReadJson(body.Bytes, bounds);
        if (source?.Problems is [{ Rule: "cpis-upload-entries" } tooMany])
            return Refusal.Because(RefusalKind.TooLarge, tooMany);

        if (source?.Root is { } root && IsOperation(root, type))
        {
            foreach (var parameter in root.ChildrenNamed("parameter"))
                if (!Known.Contains(parameter.Text("name")))
                    return Refusal.Malformed(
                        "$validate takes the parameters resource, mode and profile.",
                        parameter.Path + ".name"
                    );
            if (Repeated(root) is { } repeated)
                return Refusal.Malformed(
                    $"The parameter {repeated} is sent more than once. Send it once.",
                    "Parameters.parameter"
                );
            mode = Value(root, "mode", "valueCode", "valueString") ?? mode;
            profile = Value(root, "profile", "valueUri", "valueCanonical", "valueString") ?? profile;
            source = Parameter(root, "resource")?.Child("resource") is { } resource ? source.Within(resource) : null;
        }

        return ModeOf(mode) is { } known
            ? new ValidateRequest(source, known, profile)
            : Refusal.Malformed("mode must be one of: create, update, delete, profile.", "mode");
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
