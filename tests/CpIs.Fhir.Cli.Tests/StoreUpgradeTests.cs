using System.IO.Compression;
using CpIs.Fhir.Cli.Tests.Stub;

namespace CpIs.Fhir.Cli.Tests;

/// <summary>`cpis store status` and `cpis store migrate` on embedded stores that earlier versions wrote (tests/fixtures/stores).</summary>
public sealed class StoreUpgradeTests : IDisposable
{
    private readonly Workshop _workshop = new();

    private string Store => $"sqlite:{_workshop["store"]}";

    [Fact]
    public async Task A_readable_store_is_told_of_and_brought_forward()
    {
        Restore("7534588/sqlite-readable");
        var before = (await Invocation.RunAsync("store", "status", "--store", Store, "--json")).Objects.Single();
        before["schema"]!.GetValue<int>().Should().Be(3);
        before["pending"]!.AsArray().Should().NotBeEmpty();

        var migrated = await Invocation.RunAsync("store", "migrate", "--store", Store);

        migrated.Code.Should().Be(0, migrated.Error);
        migrated.Out.Should().Contain("from schema 3 to");
        var after = (await Invocation.RunAsync("store", "status", "--store", Store, "--json")).Objects.Single();
        after["schema"]!.GetValue<int>().Should().Be(after["knownSchema"]!.GetValue<int>());
        after["records"]!["occurrences"]!.GetValue<long>().Should().BePositive();
    }

    [Fact]
    public async Task A_sealed_store_is_brought_forward_with_its_key_file_and_is_not_touched_without()
    {
        Restore("7534588/sqlite-sealed");
        var without = await Invocation.RunAsync("store", "migrate", "--store", Store);
        without.Code.Should().Be(2);
        without.Error.Should().Contain("key file");

        var with = await Invocation.RunAsync(
            "store",
            "migrate",
            "--store",
            Store,
            "--store-key-file",
            _workshop["store/synthetic.keys"]
        );

        with.Code.Should().Be(0, with.Error);
        with.Out.Should().Contain("from schema 3 to");
    }

    public void Dispose() => _workshop.Dispose();

    private void Restore(string name)
    {
        var fixture = Path.Combine(FindFixtures(), name);
        Directory.CreateDirectory(_workshop["store"]);
        using (
            var packed = new GZipStream(File.OpenRead(Path.Combine(fixture, "cpis.db.gz")), CompressionMode.Decompress)
        )
        using (var file = File.Create(_workshop["store/cpis.db"]))
            packed.CopyTo(file);
        if (!File.Exists(Path.Combine(fixture, "synthetic.keys")))
            return;
        File.Copy(Path.Combine(fixture, "synthetic.keys"), _workshop["store/synthetic.keys"]);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_workshop["store/synthetic.keys"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static string FindFixtures()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "tests", "fixtures", "stores") is var found && Directory.Exists(found))
                return found;
        throw new DirectoryNotFoundException("tests/fixtures/stores is not above " + AppContext.BaseDirectory);
    }
}
