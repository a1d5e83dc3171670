namespace CpIs.Fhir.Conformance.Tests;

/// <summary>Where the project's own files lie.</summary>
internal static class Files
{
    public static string Root { get; } = FindRoot();

    /// <summary>Good resources, each claiming its profile.</summary>
    public static string Examples { get; } = Path.Combine(Root, "examples", "resources");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CpIs.Fhir.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("CpIs.Fhir.sln is nowhere above.");
    }
}
