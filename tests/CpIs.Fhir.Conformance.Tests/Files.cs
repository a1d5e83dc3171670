namespace CpIs.Fhir.Conformance.Tests;

/// <summary>Where the project's own files lie, and those that stand beside the project.</summary>
internal static class Files
{
    public static string Root { get; } = FindRoot();

    /// <summary>Good resources, each claiming its profile.</summary>
    public static string Examples { get; } = Path.Combine(Root, "examples", "resources");

    /// <summary>The published R4 examples; null where they are not at hand, which in CI is a failure.</summary>
    public static string? PublishedExamples { get; } = Beside("fhir-examples");

    private static string? Beside(string name)
    {
        var folder = Path.Combine(Root, "..", "shared", name);
        if (Directory.Exists(folder))
            return folder;
        return Environment.GetEnvironmentVariable("CI") is null
            ? null
            : throw new DirectoryNotFoundException($"CI needs ../shared/{name}.");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CpIs.Fhir.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("CpIs.Fhir.sln is nowhere above.");
    }
}
