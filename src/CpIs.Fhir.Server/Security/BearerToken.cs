using Microsoft.IdentityModel.JsonWebTokens;

namespace CpIs.Fhir.Server.Security;

/// <summary>The access token of a request: in the header Authorization, once, and nowhere else.</summary>
internal static class BearerToken
{
    private const string Prefix = "Bearer ";

    public static string? Of(HttpRequest request) =>
        request.Headers.Authorization is [{ } value]
        && value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        && value.AsSpan(Prefix.Length).Trim() is { Length: > 0 } token
            ? token.ToString()
            : null;

    /// <summary>Who a token says issued it. Unverified: good only to choose who verifies it.</summary>
    public static string? IssuerOf(string token)
    {
        try
        {
            return new JsonWebToken(token).Issuer;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
