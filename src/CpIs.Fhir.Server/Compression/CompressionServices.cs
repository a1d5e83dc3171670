using System.IO.Compression;
using CpIs.Fhir.Server.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CpIs.Fhir.Server.Compression;

/// <summary>gzip, both ways. What is compressed and what is not, and why: docs/adr/0045.</summary>
internal static class CompressionServices
{
    public static void AddCompression(this IServiceCollection services)
    {
        services.AddResponseCompression(answers =>
        {
            answers.EnableForHttps = true;
            answers.MimeTypes = ["application/fhir+json", "application/fhir+xml", "application/json", "text/css"];
            answers.Providers.Add<GzipCompressionProvider>();
        });
        services.Replace(ServiceDescriptor.Singleton<IResponseCompressionProvider, AnswerCompression>());
        services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
        services.AddRequestDecompression(bodies =>
        {
            bodies.DecompressionProviders.Clear();
            bodies.DecompressionProviders.Add("gzip", new WholeGzip());
        });
    }

    /// <summary>
    /// Bodies come compressed below the FHIR base only. Whoever reads one counts what it unpacks to against its limit
    /// (<see cref="RequestBody"/>), and stops there: a small body that would become a huge one is never unpacked.
    /// </summary>
    public static void UseCompression(this IApplicationBuilder app)
    {
        app.UseResponseCompression();
        app.UseWhen(context => MediaTypes.MayBeCompressed(context.Request), fhir => fhir.UseRequestDecompression());
    }
}
