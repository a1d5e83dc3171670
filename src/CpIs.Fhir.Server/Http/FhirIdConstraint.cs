namespace CpIs.Fhir.Server.Http;

/// <summary>Route constraint <c>fhirid</c>: 1 to 64 letters, digits, dashes and dots (R4 datatype id).</summary>
internal sealed class FhirIdConstraint : IRouteConstraint
{
    public const string Name = "fhirid";

    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) =>
        values.TryGetValue(routeKey, out var value)
        && value is string { Length: > 0 and <= 64 } id
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}
