namespace CpIs.Fhir.Server.Tests.Upgrades;

/// <summary>The stores that earlier versions wrote: tests/fixtures/stores/VERSION/FORM.</summary>
internal static class Fixtures
{
    private static readonly string Folder = FindFolder();

    /// <summary>All of them, as <c>VERSION/FORM</c>.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory
            .GetDirectories(Folder)
            .SelectMany(Directory.GetDirectories)
            .Select(fixture => Path.GetRelativePath(Folder, fixture).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    public static string PathOf(string fixture) => Path.Combine(Folder, fixture);

    public static StoreForm FormOf(string fixture) =>
        StoreForm.All.Single(form => fixture.EndsWith("/" + form, StringComparison.Ordinal));

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "tests", "fixtures", "stores") is var found && Directory.Exists(found))
                return found;
        throw new DirectoryNotFoundException("tests/fixtures/stores is not above " + AppContext.BaseDirectory);
    }
}
