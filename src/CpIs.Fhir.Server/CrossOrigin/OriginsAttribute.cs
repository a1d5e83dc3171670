using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Server.CrossOrigin;

/// <summary>
/// Each is an origin as a browser sends it (RFC 6454, 6.2), and over TLS unless it is on this machine; a refusal says which is not,
/// and what was probably meant.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OriginsAttribute : ValidationAttribute
{
    /// <inheritdoc />
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is IReadOnlyList<string> origins
        && origins.Select(Problem).FirstOrDefault(p => p is not null) is { } problem
            ? new ValidationResult(problem, [validationContext.MemberName!])
            : ValidationResult.Success;

    private static string? Problem(string origin)
    {
        if (origin.Contains('*', StringComparison.Ordinal))
            return $"'{origin}' is not allowed. Name each origin, such as https://app.example.";
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            return $"'{origin}' is not an origin. An origin is scheme, host and port, such as https://app.example.{Meant(origin)}";
        if (url.Scheme == "http" && !url.IsLoopback)
            return $"'{origin}' is not allowed: an origin of another machine begins with https://. Did you mean https://{url.Authority}?";
        var exact = $"{url.Scheme}://{url.Authority}";
        return origin == exact
            ? null
            : $"'{origin}' is not an origin: it has no path and no slash at its end, and is in lower case. Did you mean {exact}?";
    }

    private static string Meant(string origin) =>
        Uri.TryCreate("https://" + origin, UriKind.Absolute, out var url)
        && url.Host.Contains('.', StringComparison.Ordinal)
            ? $" Did you mean {url.Scheme}://{url.Authority}?"
            : "";
}
