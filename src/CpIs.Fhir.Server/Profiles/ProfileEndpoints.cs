using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary><c>/profiles</c>, for anyone: the package, each artefact and example as a page and as JSON.</summary>
internal static class ProfileEndpoints
{
    private const string JsonEnd = ".json";

    /// <summary>The package of a version is looked for by many machines; a day is short enough while a version is a draft.</summary>
    private static readonly TimeSpan PackageKept = TimeSpan.FromDays(1);

    public static void MapProfiles(this IEndpointRouteBuilder app)
    {
        var open = app.MapGroup(ArtefactLinks.Pages).Admit(Admits.Readers);
        open.MapRead(
            "",
            (ArtefactSet artefacts, PublishedPackage package) =>
                new Published(() => new Page("Profiles", IndexPage.Of(artefacts, package)))
        );
        open.MapRead(
            "/package",
            (PublishedPackage package) => Results.Redirect($"{ArtefactLinks.Pages}/{package.FileName}")
        );
        open.MapRead("/{file}.tgz", Package);
        open.MapRead("/examples/{**path}", AnExample);
        open.MapRead("/{type}/{id}", AnArtefact);
        open.MapRead("/{**path}", (string path) => NotFound("This page does not exist."));
    }

    private static IResult Package(PublishedPackage package, string file) =>
        file + ".tgz" == package.FileName
            ? new Published(() => Results.Bytes(package.Bytes, "application/gzip", package.FileName), PackageKept)
            : NotFound($"This server has the package {package.FileName}.");

    private static IResult AnArtefact(ArtefactSet artefacts, ArtefactPages pages, string type, string id)
    {
        if (artefacts.Find(type, id) is { } artefact)
            return new Published(() => pages.Of(artefact));
        return
            id.EndsWith(JsonEnd, StringComparison.Ordinal) && artefacts.Find(type, id[..^JsonEnd.Length]) is { } asJson
            ? new Published(() => Results.Bytes(asJson.Json(), FhirResponse.ContentType))
            : NotFound("This artefact does not exist.");
    }

    private static IResult AnExample(ExampleLibrary examples, ArtefactPages pages, string path)
    {
        if (examples.Find(path) is { } example)
            return new Published(() => pages.Of(example));
        return path.EndsWith(JsonEnd, StringComparison.Ordinal) && examples.Find(path[..^JsonEnd.Length]) is { } asJson
            ? new Published(() => Results.Bytes(ExampleLibrary.Read(asJson), FhirResponse.ContentType))
            : NotFound("This example does not exist.");
    }

    private static Page NotFound(string why) =>
        new(
            "Not found",
            Html.Of(
                $"""
                <h1 class="nhsuk-heading-l">Page not found</h1>
                <p>{why}</p>
                <p>{ArtefactLinks.To(ArtefactLinks.Pages, "All profiles")}</p>
                """
            ),
            StatusCodes.Status404NotFound
        );
}
