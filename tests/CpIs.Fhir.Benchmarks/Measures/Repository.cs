namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>Where the project's own files lie, seen from the built benchmarks.</summary>
internal static class Repository
{
    /// <summary>A client file of the examples.</summary>
    public static string Client(string name) => Path.Combine(Root(), "examples", "clients", name + ".json");

    /// <summary>A resource of the examples.</summary>
    public static byte[] Example(string name) =>
        File.ReadAllBytes(Path.Combine(Root(), "examples", "resources", name + ".json"));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CpIs.Fhir.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("CpIs.Fhir.sln is nowhere above.");
    }
}
