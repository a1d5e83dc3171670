namespace CpIs.Fhir.EndToEnd.Tests.Processes;

/// <summary>Where the project's own files lie, seen from a test that runs in its output folder.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The built assembly of a program of this project, in the configuration of this test.</summary>
    public static string Program(string project, string assembly)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(Root, "src", project, "bin", output.Parent!.Name, output.Name, assembly + ".dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"Build {project} first.", path);
    }

    public static string Client(string name) => Path.Combine(Root, "examples", "clients", name + ".json");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CpIs.Fhir.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("CpIs.Fhir.sln is nowhere above the tests.");
    }
}
