using CpIs.Fhir.Cli.Tests.Stub;

namespace CpIs.Fhir.Cli.Tests.Profiles;

/// <summary><c>cpis profiles build</c>: it runs the folder's script and says what changed. (profiles/check holds the script itself.)</summary>
public sealed class BuildTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task It_says_which_files_are_new_changed_or_gone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is for bash.");
        Built("a.json", "b.json", "c.json");
        Script("echo '{}' >built/a.json; rm built/b.json; echo '{}' >built/d.json");

        var built = await Invocation.RunAsync("profiles", "build", "--profiles", _workshop.Folder, "--json");

        built.Code.Should().Be(0, built.Error);
        built
            .Objects.Select(o => $"{o["file"]} {o["change"]}")
            .Should()
            .Equal("a.json changed", "b.json gone", "d.json new");
    }

    [Fact]
    public async Task It_says_when_nothing_changed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is for bash.");
        Built("a.json");
        Script("echo built");

        var built = await Invocation.RunAsync("profiles", "build", "--profiles", _workshop.Folder);

        built.Code.Should().Be(0, built.Error);
        built.Out.Trim().Should().Be("The built definitions have not changed.");
    }

    [Fact]
    public async Task The_errors_of_the_sources_are_told_with_their_place()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is for bash.");
        Built("a.json");
        Script("printf 'info  Running\\nerror No element at path x\\n  File: flag.fsh\\n  Line: 7\\n' >&2; exit 1");

        var built = await Invocation.RunAsync("profiles", "build", "--profiles", _workshop.Folder);

        built.Code.Should().Be(2);
        built.Error.Should().Contain("error No element at path x | File: flag.fsh | Line: 7").And.NotContain("Running");
    }

    [Fact]
    public async Task A_folder_without_the_script_is_named()
    {
        Built("a.json");

        var built = await Invocation.RunAsync("profiles", "build", "--profiles", _workshop.Folder);

        built.Code.Should().Be(2);
        built.Error.Should().Contain(_workshop["build"]);
    }

    private void Built(params string[] files)
    {
        Directory.CreateDirectory(_workshop["built"]);
        foreach (var file in files)
            File.WriteAllText(Path.Combine(_workshop["built"], file), "{ }");
    }

    private void Script(string body)
    {
        var script = _workshop.Write("build", "#!/usr/bin/env bash\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
