using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Cli.Tests;

/// <summary>`cpis store restored`.</summary>
public sealed class StoreRestoredTests : IDisposable
{
    private readonly Workshop _workshop = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Store => $"sqlite:{_workshop["store"]}";

    [Fact]
    public async Task Each_authority_has_a_line_with_what_to_tell_it()
    {
        await FillAsync();

        var ended = await RunAsync();

        ended.Code.Should().Be(0, ended.Error);
        ended.Out.Should().Contain("epoch 1").And.Contain("Last number kept").And.Contain("servers may start");
        ended
            .Out.Should()
            .MatchRegex(
                @"XHF01 +sub-1 +0 +1000000 +read again its own notices numbered 1 to 999999; expect 1000000 next"
            );
        await using var store = await OpenAsync();
        (await store.ReadGapsAsync("sub-1", Cancellation)).Single().Last.Should().Be(999_999);
    }

    [Fact]
    public async Task A_second_time_it_tells_the_same_and_changes_nothing_unless_asked_to()
    {
        await FillAsync();
        var first = (await RunAsync("--json", "--jump", "500")).Objects.Single();

        var second = (await RunAsync("--json", "--jump", "500")).Objects.Single();
        var words = await RunAsync();
        var again = (await RunAsync("--json", "--jump", "500", "--again")).Objects.Single();

        first["outcome"]!.GetValue<string>().Should().Be("restored");
        second["outcome"]!.GetValue<string>().Should().Be("nothing-to-do");
        second["subscriptions"]!.ToJsonString().Should().Be(first["subscriptions"]!.ToJsonString());
        words.Out.Should().Contain("nothing has been numbered").And.Contain("--again").And.Contain("sub-1");
        var line = again["subscriptions"]![0]!;
        (line["authority"]!.GetValue<string>(), line["lastKept"]!.GetValue<long>(), line["next"]!.GetValue<long>())
            .Should()
            .Be(("XHF01", 499, 999));
        again["epoch"]!.GetValue<long>().Should().Be(2);
    }

    [Fact]
    public async Task What_the_mark_knows_of_and_the_backup_does_not_is_told()
    {
        await FillAsync();
        var mark = new RestoreMark(0, default, [new("sub-1", "XHF01", 70), new("sub-2", "XHF02", 7)]);
        await File.WriteAllBytesAsync(_workshop["mark"], mark.ToBytes(), Cancellation);

        var ended = await RunAsync("--mark", _workshop["mark"]);

        ended.Out.Should().MatchRegex("sub-1 +0 +1000070 ").And.MatchRegex("XHF02 +sub-2 +subscribe again: .*up to 7");
    }

    [Theory]
    [InlineData("--jump must be 2 to", "--jump", "1")]
    [InlineData("--jump must be 2 to", "--jump", "1000000001")]
    [InlineData("the file does not exist", "--mark", "/no/such/mark")]
    public async Task What_cannot_be_meant_is_told(string why, params string[] options)
    {
        await FillAsync();

        var ended = await RunAsync(options);

        ended.Code.Should().Be(2);
        ended.Error.Should().Contain(why);
    }

    [Fact]
    public async Task A_store_that_is_in_use_or_not_there_is_told()
    {
        var none = await RunAsync();
        (none.Code, Directory.Exists(_workshop["store"])).Should().Be((2, false));
        none.Error.Should().Contain("no store in");

        await using var store = await OpenAsync();
        var used = await RunAsync();
        used.Code.Should().Be(2);
        used.Error.Should().Contain("another process uses it");
    }

    public void Dispose() => _workshop.Dispose();

    private async Task FillAsync()
    {
        await using var store = await OpenAsync();
        var subscription = new StoredResource
        {
            Type = RecordType.Subscription,
            Id = "sub-1",
            Version = 1,
            LastUpdated = DateTimeOffset.UnixEpoch,
            Authority = OdsCode.Parse("XHF01"),
            Body = "{}"u8.ToArray(),
            Subscription = new SubscriptionTerms
            {
                Status = SubscriptionStatus.Active,
                Endpoint = "https://receiver.example/",
            },
        };
        (await store.CommitAsync(new Commit { Changes = [new Change(subscription, 0)] }, Cancellation))
            .Should()
            .Be(CommitOutcome.Committed);
    }

    private Task<Ended> RunAsync(params string[] options) =>
        Invocation.RunAsync(["store", "restored", "--store", Store, .. options]);

    private Task<SqliteStore> OpenAsync() =>
        SqliteStore.OpenAsync(
            new SqliteStoreOptions { Directory = _workshop["store"] },
            TimeProvider.System,
            Cancellation
        );
}
