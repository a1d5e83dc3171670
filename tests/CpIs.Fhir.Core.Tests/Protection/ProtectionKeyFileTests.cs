using System.Text.RegularExpressions;
using CpIs.Fhir.Core.Protection;

namespace CpIs.Fhir.Core.Tests.Protection;

/// <summary>A key file is read whole or refused with a reason that repeats nothing of it.</summary>
public sealed partial class ProtectionKeyFileTests : IDisposable
{
    private const string A = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string B = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
    private const string C = "AgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICE=";
    private const string Zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-keys-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "keys.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_written_is_read_and_the_first_key_is_current()
    {
        using var made = ProtectionKeys.Make("2026-11");
        new ProtectionKeyFile(Path).Create(made);
        using var more = made.With([ProtectionKeys.MakeKey("2026-12"), .. made.Keys]);
        new ProtectionKeyFile(Path).Replace(more);

        using var read = await new ProtectionKeyFile(Path).ReadAsync(TestContext.Current.CancellationToken);

        read.Keys.Select(key => key.Id).Should().Equal("2026-12", "2026-11");
        using var before = new SealedRecords(made);
        using var after = new SealedRecords(read);
        after.Marker.Should().Be(before.Marker);
        after.Open(before.Seal("x"u8.ToArray(), null, ""), "").ToArray().Should().Equal("x"u8.ToArray());
    }

    [Fact]
    public void It_is_for_its_owner_alone_from_its_first_byte_on_and_never_overwritten()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps rights otherwise.");
        using var keys = ProtectionKeys.Make("a");
        new ProtectionKeyFile(Path).Create(keys);
        new ProtectionKeyFile(Path).Replace(keys);

#pragma warning disable CA1416 // Skipped on Windows.
        File.GetUnixFileMode(Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416
        Directory.GetFiles(_folder).Should().ContainSingle("nothing is left beside it");
        var again = () => new ProtectionKeyFile(Path).Create(keys);
        again.Should().Throw<IOException>();
    }

    [Theory]
    [InlineData("644")]
    [InlineData("640")]
    [InlineData("620")]
    [InlineData("660")]
    [InlineData("604")]
    [InlineData("601")]
    [InlineData("444")]
    [InlineData("450")]
    public void A_file_that_others_can_open_is_refused_with_what_to_do(string mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps rights otherwise.");
        Make(mode);

        Refusal().Should().Contain(Path).And.Contain("chmod 600");
    }

    [Theory]
    [InlineData("600")]
    [InlineData("400")]
    [InlineData("440")] // a systemd credential of a service with a user, a Kubernetes secret with an fsGroup
    public void A_file_for_its_owner_or_as_a_service_is_handed_it_is_taken(string mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps rights otherwise.");
        Make(mode);

        using var keys = new ProtectionKeyFile(Path).Read();
        keys.Keys.Should().ContainSingle();
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{\"blindIndexKey\":\"" + A + "\",\n  \"keys\":[" + B, "line 2")]
    [InlineData("[]", "blindIndexKey, keys")]
    [InlineData("""{"blindIndexKey":"A"}""", "blindIndexKey, keys")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":"a","key":"B"}],"more":"C"}""", "no others")]
    [InlineData("""{"blindIndexKey":"A","blindIndexKey":"A","keys":[{"id":"a","key":"B"}]}""", "twice")]
    [InlineData("""{"blindIndexKey":"A","keys":[]}""", "one or more")]
    [InlineData("""{"blindIndexKey":"A","keys":"B"}""", "one or more")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":"a"}]}""", "keys[0]")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":"a b","key":"B"}]}""", "keys[0].id")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":"","key":"B"}]}""", "keys[0].id")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":1,"key":"B"}]}""", "keys[0].id")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":"a","key":"B"},{"id":"b","key":"AAEC"}]}""", "keys[1].key")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":"a","key":"B"},{"id":"b","key":"Z"}]}""", "keys[1].key")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":"a","key":7}]}""", "keys[0].key")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":"a","key":"B*"}]}""", "keys[0].key")]
    [InlineData("""{"blindIndexKey":"Z","keys":[{"id":"a","key":"B"}]}""", "blindIndexKey")]
    [InlineData("""{"blindIndexKey":"AAEC","keys":[{"id":"a","key":"B"}]}""", "blindIndexKey")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":"a","key":"B"},{"id":"a","key":"C"}]}""", "'a'")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":"a","key":"B"},{"id":"b","key":"B"}]}""", "'b'")]
    [InlineData("""{"blindIndexKey":"A","keys":[{"id":"a","key":"A"}]}""", "'a'")]
    public void A_wrong_file_is_refused_with_the_place_and_without_a_key(string json, string reason)
    {
        Write(
            Letter()
                .Replace(
                    json,
                    match =>
                        match.Value switch
                        {
                            "\"A\"" => $"\"{A}\"",
                            "\"B\"" => $"\"{B}\"",
                            "\"B*\"" => $"\"{B}*\"",
                            "\"C\"" => $"\"{C}\"",
                            _ => $"\"{Zeros}\"",
                        }
                )
        );

        Refusal().Should().Contain(Path).And.Contain(reason).And.NotContainAny(A, B, C, Zeros, A[..8], B[..8]);
    }

    [Fact]
    public void The_same_form_with_right_keys_is_taken()
    {
        Write($$"""{"blindIndexKey":"{{A}}","keys":[{"id":"a","key":"{{B}}"},{"id":"b","key":"{{C}}"}]}""");

        using var keys = new ProtectionKeyFile(Path).Read();
        keys.Keys.Select(key => key.Id).Should().Equal("a", "b");
    }

    [Fact]
    public void A_file_that_is_not_there_or_much_too_long_is_refused()
    {
        var read = () => new ProtectionKeyFile(Path).Read();
        read.Should().Throw<FileNotFoundException>();

        Write(new string(' ', 100_000));
        Refusal().Should().Contain("too long");
    }

    private void Make(string mode)
    {
        using var keys = ProtectionKeys.Make("a");
        new ProtectionKeyFile(Path).Create(keys);
#pragma warning disable CA1416 // Skipped on Windows.
        File.SetUnixFileMode(Path, (UnixFileMode)Convert.ToInt32(mode, 8));
#pragma warning restore CA1416
    }

    private string Refusal()
    {
        var read = () => new ProtectionKeyFile(Path).Read();
        return read.Should().Throw<InvalidDataException>().Which.ToString();
    }

    private void Write(string json)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(Path, options);
        file.Write(json);
    }

    [GeneratedRegex("\"(A|B|B\\*|C|Z)\"")]
    private static partial Regex Letter();
}
