using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Conformance.Tests.Definitions;

/// <summary>FHIR's core package as it was published, in the package cache or beside the project. Where there is none, CI fails and others skip.</summary>
internal static class CorePackage
{
    private const string Name = "hl7.fhir.r4.core#4.0.1";

    public static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder!.FullName, "CpIs.Fhir.sln")))
                folder = folder.Parent;
            return folder.FullName;
        }
    }

    public static FhirPackage Read() => FhirPackage.Read(Folder()).Value;

    public static string Folder()
    {
        // The trimmed package is the one that the committed file is made from; a whole one would give more.
        var beside = Path.Combine(Root, "..", "shared", "fhir-packages", Name);
        if (Directory.Exists(beside))
            return beside;
        if (Environment.GetEnvironmentVariable("CI") == "true")
            throw new DirectoryNotFoundException($"CI needs {Name} in ../shared/fhir-packages.");
        Assert.Skip($"{Name} is not in ../shared/fhir-packages.");
        return "";
    }
}
