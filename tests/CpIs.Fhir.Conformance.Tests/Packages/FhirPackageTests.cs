using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using CpIs.Fhir.Conformance.Packages;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Conformance.Tests.Packages;

public sealed class FhirPackageTests : IDisposable
{
    private const string Flag = """{"resourceType":"Flag","id":"a"}""";
    private const string Set = """{"resourceType":"ValueSet","id":"s","url":"https://t.example/s","version":"2"}""";

    private static readonly string Manifest = TestPackages.Manifest(
        "t.one",
        "1.0.0",
        "4.0.1",
        "hl7.fhir.r4.core#4.0.1"
    );
    private readonly TestPackages _packages = new();

    public void Dispose() => _packages.Dispose();

    [Fact]
    public void An_archive_and_its_unpacked_folders_read_the_same()
    {
        (string, string)[] files =
        [
            ("package/package.json", Manifest),
            ("package/.index.json", "{}"),
            ("package/ValueSet-s.json", "\uFEFF" + Set),
            ("package/no-resource.json", """{"a":1}"""),
            ("package/notes.txt", "not JSON"),
            ("package/other/Flag-b.json", "{ not read"),
            ("package/example/Flag-a.json", Flag),
            ("package/examples/Flag-c.json", Flag),
            ("other/Flag-d.json", "{ not read"),
        ];
        var archive = FhirPackage.Read(_packages.Archive("one.tgz", files), true).Value;
        var cache = FhirPackage.Read(_packages.Unpacked("t.one#1.0.0", files), true).Value;
        var inner = FhirPackage.Read(Path.Combine(_packages.Folder, "t.one#1.0.0", "package"), true).Value;

        archive.Manifest.ToString().Should().Be("t.one#1.0.0");
        archive.Manifest.Dependencies.Should().Contain("hl7.fhir.r4.core", "4.0.1");
        archive
            .Resources.Select(r => (r.Path, r.ResourceType, r.Id, r.Url, r.Version))
            .Should()
            .Equal(
                ("ValueSet-s.json", "ValueSet", "s", "https://t.example/s", "2"),
                ("example/Flag-a.json", "Flag", "a", null, null),
                ("examples/Flag-c.json", "Flag", "a", null, null)
            );
        foreach (var other in new[] { cache, inner })
            other
                .Resources.Select(r => (r.Path, Encoding.UTF8.GetString(r.Json.Span)))
                .Should()
                .Equal(archive.Resources.Select(r => (r.Path, Encoding.UTF8.GetString(r.Json.Span))));
        Encoding.UTF8.GetString(archive.Resources[0].Json.Span).Should().Be(Set);
        FhirPackage.Read(Path.Combine(_packages.Folder, "one.tgz")).Value.Resources.Should().ContainSingle();
    }

    [Fact]
    public void What_the_writer_writes_is_read_back()
    {
        using var stream = new MemoryStream();
        var manifest = new PackageManifest("t.two", "0.1.0")
        {
            FhirVersions = ["4.0.1"],
            Title = "Two",
            License = "CC0-1.0",
        };
        PackageWriter.Write(
            stream,
            manifest,
            [
                new PackageFile("example/Flag-a.json", Encoding.UTF8.GetBytes(Flag)),
                new PackageFile("ValueSet-s.json", Encoding.UTF8.GetBytes(Set)),
            ]
        );
        stream.Position = 0;

        var read = FhirPackage.Read(stream, "two", true).Value;

        read.Manifest.Should().BeEquivalentTo(manifest);
        read.Resources.Select(r => r.Path).Should().Equal("ValueSet-s.json", "example/Flag-a.json");
    }

    [Theory]
    [InlineData("""{"resourceType":"Flag" """)]
    [InlineData("""{"resourceType":"Flag"} x""")]
    [InlineData("")]
    [InlineData("{\"resourceType\":\"\\uD800\"}")]
    public void Broken_json_is_told_with_its_entry(string json) =>
        Refused(_packages.Archive("one.tgz", ("package/package.json", Manifest), ("package/Flag-a.json", json)))
            .Should()
            .Contain("broken JSON")
            .And.Contain("Flag-a.json");

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{"name":1,"version":2}""")]
    public void A_manifest_without_name_and_version_is_refused(string manifest) =>
        Refused(_packages.Archive("one.tgz", ("package/package.json", manifest))).Should().Contain("in package.json");

    [Fact]
    public void What_is_no_archive_no_package_or_not_there_is_said_so()
    {
        Refused(_packages.Write("zip.tgz", "PK"u8.ToArray())).Should().Contain("the archive is broken");
        Refused(_packages.Write("empty.tgz", [])).Should().Contain("the archive is broken");
        Refused(_packages.Archive("a.tgz", ("package/Flag-a.json", Flag))).Should().Contain("no package/package.json");
        Refused(Path.Combine(_packages.Folder, "none.tgz")).Should().Contain("does not exist");
    }

    [Fact]
    public void A_cut_archive_is_refused_wherever_it_is_cut()
    {
        var whole = TestPackages.Tgz(
            TestPackages.Entry("package/package.json", Encoding.UTF8.GetBytes(Manifest)),
            TestPackages.Entry("package/ValueSet-s.json", Encoding.UTF8.GetBytes(Set))
        );

        // The last bytes are the checksum of gzip, which says nothing of the entries before.
        for (var length = 1; length < whole.Length - 200; length += 7)
            FhirPackage.Read(new MemoryStream(whole[..length]), "cut").Refusal.Should().NotBeNull($"cut at {length}");
    }

    [Fact]
    public void Any_changed_byte_is_read_or_refused_and_never_thrown_on()
    {
        var whole = TestPackages.Tgz(
            TestPackages.Entry("package/package.json", Encoding.UTF8.GetBytes(Manifest)),
            TestPackages.Entry("package/ValueSet-s.json", Encoding.UTF8.GetBytes(Set))
        );
        using var plain = new MemoryStream();
        using (var unzipped = new GZipStream(new MemoryStream(whole), CompressionMode.Decompress))
            unzipped.CopyTo(plain);
        var tar = plain.ToArray();

        for (var at = 0; at < tar.Length; at += 3)
        {
            var changed = (byte[])tar.Clone();
            changed[at] ^= 0x55;
            using var zipped = new MemoryStream();
            using (var zip = new GZipStream(zipped, CompressionLevel.NoCompression, true))
                zip.Write(changed);
            zipped.Position = 0;

            var read = () => FhirPackage.Read(zipped, "changed");

            read.Should().NotThrow($"byte {at}");
        }
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Fifo)]
    public void An_entry_that_is_no_file_is_refused(TarEntryType kind)
    {
        var entry = new PaxTarEntry(kind, "package/ValueSet-s.json");
        if (kind != TarEntryType.Fifo)
            entry.LinkName = "/etc/passwd";

        Refused(_packages.Write("link.tgz", TestPackages.Tgz(entry))).Should().Contain($"is not a file ({kind})");
    }

    [Fact]
    public void Too_many_entries_too_many_bytes_and_too_good_a_ratio_are_refused()
    {
        var path = _packages.Archive(
            "big.tgz",
            ("package/package.json", Manifest),
            ("package/ValueSet-s.json", Set),
            ("package/ValueSet-t.json", $$"""{"resourceType":"ValueSet","a":"{{new string('a', 8_000_000)}}"}""")
        );

        Refused(path).Should().Contain("200 times its size");
        var wide = new PackageLimits { MaximumRatio = 100_000 };
        FhirPackage.Read(path, limits: wide).Refusal.Should().BeNull();
        Refused(path, wide with { MaximumEntries = 2 }).Should().Contain("more than 2 entries");
        Refused(path, wide with { MaximumBytes = 1_000_000 }).Should().Contain("more than 1000000 bytes");
        Refused(path, wide with { MaximumEntryBytes = 1_000_000 }).Should().Contain("ValueSet-t.json");
    }

    private static string Refused(string path, PackageLimits? limits = null)
    {
        var read = FhirPackage.Read(path, limits: limits);
        read.IsRefused(out var refusal, out _).Should().BeTrue();
        refusal!.Kind.Should().Be(RefusalKind.Malformed);
        return refusal.Issues.Single().Diagnostics;
    }
}
