using System.Security.Cryptography;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Http;
using Microsoft.Net.Http.Headers;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>
/// An answer that changes only with the build of this server, so that caches may keep it: it is made when it is asked for, and not
/// at all for who has it already.
/// </summary>
/// <param name="make">Makes the answer; its status is 200.</param>
/// <param name="keep">How long a cache may keep it without asking.</param>
internal sealed class Published(Func<IResult> make, TimeSpan keep) : IResult
{
    // Weak: the same answer may come as it is or compressed.
    private static readonly EntityTagHeaderValue Json = new($"\"{BuildTag()}\"", isWeak: true);
    private static readonly EntityTagHeaderValue Xml = new($"\"{BuildTag()}-xml\"", isWeak: true);

    /// <summary>An answer that caches keep for five minutes, and then ask whether it is still true.</summary>
    public Published(Func<IResult> make)
        : this(make, TimeSpan.FromMinutes(5)) { }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var tag = httpContext.AnswerFormat() == AnswerFormat.Xml ? Xml : Json;
        var headers = httpContext.Response.GetTypedHeaders();
        headers.ETag = tag;
        headers.CacheControl = new CacheControlHeaderValue { Public = true, MaxAge = keep };
        if (
            !httpContext
                .Request.GetTypedHeaders()
                .IfNoneMatch.Any(held => tag.Compare(held, useStrongComparison: false))
        )
            return make().ExecuteAsync(httpContext);
        httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    // What is answered follows from the code and what is embedded in it. A deterministic build gives the same id for the same of both.
    private static string BuildTag() =>
        Convert.ToHexStringLower(
            SHA256.HashData([
                .. typeof(Published).Module.ModuleVersionId.ToByteArray(),
                .. typeof(OwnDefinitions).Module.ModuleVersionId.ToByteArray(),
            ])
        )[..24];
}
