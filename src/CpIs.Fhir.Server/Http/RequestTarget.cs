using CpIs.Fhir.Core;
using Microsoft.AspNetCore.Http.Features;

namespace CpIs.Fhir.Server.Http;

/// <summary>The length of an address with its parameters. Kestrel would refuse a long one without a word, and unrecorded.</summary>
internal static class RequestTarget
{
    /// <summary>Most characters: what RFC 9110 (4.1) asks every server to take.</summary>
    public const int Longest = 8_000;

    private static readonly Refusal TooLong = Refusal.Because(
        RefusalKind.AddressTooLong,
        new Issue(
            "too-long",
            $"The address with its parameters is longer than {Longest} characters. Send a search as POST [type]/_search, with the parameters in the body."
        )
    );

    /// <summary>414 for an address that is too long, or null.</summary>
    public static Refusal? Refuse(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>() is { RawTarget.Length: > Longest } ? TooLong : null;
}
