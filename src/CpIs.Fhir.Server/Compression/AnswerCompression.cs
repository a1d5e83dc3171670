using CpIs.Fhir.Server.Admission;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace CpIs.Fhir.Server.Compression;

/// <summary>
/// Compresses what is large enough to gain by it, and never the answer to a look-up: its length would say how much of what the
/// caller sent is also in what is held.
/// </summary>
internal sealed class AnswerCompression(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
    : ResponseCompressionProvider(services, options)
{
    /// <summary>Fewest bytes: about what one packet holds.</summary>
    private const int Least = 1_400;

    /// <inheritdoc />
    public override bool ShouldCompressResponse(HttpContext context) =>
        context.Response.ContentLength is null or >= Least
        && context.GetEndpoint()?.Metadata.GetMetadata<Admits>() is not { LookUp: not null }
        && base.ShouldCompressResponse(context);
}
