using System.Text.Json;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Tests.Security;

public sealed class SettingKindsTests
{
    [Fact]
    public void The_setting_kinds_are_those_of_the_published_code_system()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "global.json")))
            folder = folder.Parent;
        var file = Path.Combine(folder.FullName, "profiles/built/CodeSystem-setting-kind.json");
        var codes = JsonDocument
            .Parse(File.ReadAllBytes(file))
            .RootElement.GetProperty("concept")
            .EnumerateArray()
            .Select(concept => concept.GetProperty("code").GetString());
        SettingKinds.All.Should().BeEquivalentTo(codes);
    }
}
