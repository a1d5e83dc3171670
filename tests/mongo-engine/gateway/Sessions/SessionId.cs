using MongoGateway.Wire;

namespace MongoGateway.Sessions;

internal static class SessionId
{
    /// <summary>The id in an <c>lsid</c> document, in hexadecimal digits; null where it has none.</summary>
    public static string? Of(RawDocument lsid) =>
        lsid.Find("id") is { Type: RawElement.Binary } id
            ? Convert.ToHexString(lsid.Value(id).Span[5..]) // after its length and subtype
            : null;
}
