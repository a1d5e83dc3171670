using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core.Protection;

namespace CpIs.Fhir.Cli.Tests;

/// <summary><c>cpis protection</c>: a key file is made, gets new keys, and shows none of them.</summary>
public sealed class ProtectionTests : IDisposable
{
    private readonly Workshop _workshop = new();

    private string Keys => _workshop["protection.json"];

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task A_new_key_file_is_for_its_owner_alone_and_opens_what_it_seals()
    {
        var made = await Invocation.RunAsync("protection", "new-key-file", "--out", Keys);

        made.Code.Should().Be(0, made.Error);
        made.Error.Should().Contain("Nobody can make it again");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Keys).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var store = new SealedRecords(new ProtectionKeyFile(Keys).Read());
        store.Open(store.Seal("x"u8.ToArray(), null, "here"), "here").ToArray().Should().Equal("x"u8.ToArray());
        ShowsNoKey(made);

        var again = await Invocation.RunAsync("protection", "new-key-file", "--out", Keys);
        again.Code.Should().Be(2, "the loss of a key file is the loss of its store");
    }

    [Fact]
    public async Task A_new_key_seals_from_then_on_and_the_old_one_still_opens()
    {
        await Invocation.RunAsync("protection", "new-key-file", "--out", Keys, "--id", "first");
        using var before = new SealedRecords(new ProtectionKeyFile(Keys).Read());
        var old = before.Seal("x"u8.ToArray(), null, "here");

        var added = await Invocation.RunAsync("protection", "add-key", Keys, "--id", "second", "--json");

        added.Code.Should().Be(0, added.Error);
        added
            .Objects.Single()
            .ToJsonString()
            .Should()
            .Contain("\"current\":\"second\",\"keys\":[\"second\",\"first\"]");
        using var after = new SealedRecords(new ProtectionKeyFile(Keys).Read());
        after.Open(old, "here").ToArray().Should().Equal("x"u8.ToArray());
        after.Marker.Should().Be(before.Marker, "it is the same store");
        ShowsNoKey(added);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Keys).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Where_several_servers_share_a_store_a_key_waits_until_each_has_it()
    {
        await Invocation.RunAsync("protection", "new-key-file", "--out", Keys, "--id", "first");

        await Invocation.RunAsync("protection", "add-key", Keys, "--id", "second", "--standby");
        Ids().Should().Equal("first", "second");

        (await Invocation.RunAsync("protection", "use-key", Keys, "second")).Code.Should().Be(0);
        Ids().Should().Equal("second", "first");
    }

    [Fact]
    public async Task Keys_are_named_after_the_month_and_never_twice_the_same()
    {
        await Invocation.RunAsync("protection", "new-key-file", "--out", Keys);
        await Invocation.RunAsync("protection", "add-key", Keys);
        await Invocation.RunAsync("protection", "add-key", Keys);

        var ids = Ids();
        ids.Should().HaveCount(3).And.OnlyHaveUniqueItems();
        ids[^1].Should().MatchRegex("^20[0-9]{2}-[01][0-9]$");
    }

    [Theory]
    [InlineData(2, "it already has a key 'first'", "add-key", "KEYS", "--id", "first")]
    [InlineData(2, "it has no key 'other'", "use-key", "KEYS", "other")]
    [InlineData(2, "--id must be 1 to 32", "add-key", "KEYS", "--id", "a b")]
    [InlineData(2, "is not a key file", "add-key", "CLIENT")]
    [InlineData(2, "Could not find", "add-key", "NOWHERE")]
    public async Task What_cannot_be_done_is_told_and_changes_nothing(int code, string reason, params string[] args)
    {
        await Invocation.RunAsync("protection", "new-key-file", "--out", Keys, "--id", "first");
        var before = await File.ReadAllTextAsync(Keys, TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_workshop.Client, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var ended = await Invocation.RunAsync([
            "protection",
            .. args.Select(arg =>
                arg switch
                {
                    "KEYS" => Keys,
                    "CLIENT" => _workshop.Client,
                    "NOWHERE" => _workshop["nowhere.json"],
                    _ => arg,
                }
            ),
        ]);

        ended.Code.Should().Be(code);
        ended.Error.Should().Contain(reason);
        (await File.ReadAllTextAsync(Keys, TestContext.Current.CancellationToken)).Should().Be(before);
        ShowsNoKey(ended);
    }

    private IReadOnlyList<string> Ids()
    {
        using var keys = new ProtectionKeyFile(Keys).Read();
        return [.. keys.Keys.Select(key => key.Id)];
    }

    private void ShowsNoKey(Ended ended)
    {
        var file = JsonNode.Parse(File.ReadAllText(Keys))!;
        var keys = file["keys"]!.AsArray().Select(key => key!["key"]!).Append(file["blindIndexKey"]!);
        foreach (var key in keys)
            (ended.Out + ended.Error).Should().NotContain(key.GetValue<string>()[..12]);
    }
}
