using System.Text.Json.Nodes;

namespace CpIs.Fhir.Cli.Tests.Profiles;

/// <summary>The profiles of this checkout, and copies of them that a test may change.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    public static string Profiles { get; } = Path.Combine(Root, "profiles");

    /// <summary>Copies built definitions and published packages to <c>profiles</c> in a folder.</summary>
    public static string CopyTo(string folder)
    {
        foreach (var part in new[] { "built", "published" })
        {
            var target = Directory.CreateDirectory(Path.Combine(folder, "profiles", part)).FullName;
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Profiles, part)))
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return Path.Combine(folder, "profiles");
    }

    /// <summary>Changes one file of such a copy.</summary>
    public static void Edit(string profiles, string file, Action<JsonObject> change)
    {
        var path = Path.Combine(profiles, "built", file);
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CpIs.Fhir.sln")))
            folder =
                Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No solution above the tests.");
        return folder;
    }
}
