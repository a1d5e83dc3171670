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
    ) => values.TryGetValue(routeKey, out var value) && value is string id && IsId(id);

    /// <summary>True for what can be an id.</summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}
