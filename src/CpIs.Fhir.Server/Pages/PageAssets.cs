using System.Collections.Frozen;
using System.Reflection;
using CpIs.Fhir.Server.Admission;

namespace CpIs.Fhir.Server.Pages;

/// <summary>Style and images of the pages, from this assembly: the server needs no folder next to it.</summary>
internal static class PageAssets
{
    private const string Prefix = "wwwroot/";

    public static void MapPageAssets(this IEndpointRouteBuilder app)
    {
        var assets = Read();
        app.MapRead(
                "/assets/{**name}",
                (HttpContext context, string name) =>
                {
                    if (!assets.TryGetValue(name, out var asset))
                        return Results.NotFound();
                    context.Response.Headers.CacheControl = "public, max-age=3600";
                    return Results.Bytes(asset.Bytes, asset.Type);
                }
            )
            .Admit(Admits.Anyone);
    }

    private static FrozenDictionary<string, (byte[] Bytes, string Type)> Read()
    {
        var assembly = typeof(PageAssets).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name => (Bytes(assembly, name), TypeOf(name)));
    }

    private static byte[] Bytes(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        };
}
