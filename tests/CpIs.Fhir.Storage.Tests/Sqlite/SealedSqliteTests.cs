using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>What a sealed file does besides the contract: hashes that collide, rows that are moved, tokens that stay.</summary>
public sealed class SealedSqliteTests : IDisposable
{
    private readonly SealedRecords _sealed = new(ProtectionKeys.Make("test"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _sealed.Dispose();

    [Fact]
    public async Task A_child_that_shares_the_hash_of_another_is_never_shown_in_its_place()
    {
        await using var opened = await OpenAsync(new OneHashForAll(_sealed));
        var store = opened.Store;
        var (child, other) = (Make.Child(1), Make.Child(2));
        await store.CommitAsync(
            Make.Commit(
                Make.Resource("p1", RecordType.Patient, child: child, identity: "i1"),
                Make.Resource("p2", RecordType.Patient, child: other, identity: "i2"),
                Make.Resource("e2", child: other, identity: "i2")
            ),
            Cancellation
        );
        await store.RecordAsync(Make.Access("a1", Make.Noon, child, authorities: Make.Herts), Cancellation);
        await store.RecordAsync(
            Make.Access("a2", Make.Noon.AddMinutes(1), other, authorities: Make.Herts),
            Cancellation
        );

        Ids(await store.ReadChildAsync(child, Cancellation)).Should().Equal("p1");
        Ids(await store.ReadChildAsync(other, Cancellation)).Should().BeEquivalentTo("p2", "e2");
        Ids(await store.ReadChildAsync(Make.Child(3), Cancellation)).Should().BeEmpty();
        Ids(await store.ReadOwnAsync(Make.Herts, [other, Make.Child(3)], Cancellation))
            .Should()
            .BeEquivalentTo("p2", "e2");
        foreach (var person in new[] { "555000000001", "nobody" })
            (
                await store.ReadHistoryAsync(
                    child,
                    person,
                    Make.Noon.AddDays(-1),
                    1,
                    DateTimeOffset.MaxValue,
                    Cancellation
                )
            )
                .Select(access => access.Id)
                .Should()
                .Equal("a1");
        foreach (var authority in new OdsCode?[] { Make.Herts, null })
            (
                await store.SearchOccurrencesAsync(
                    new OccurrenceQuery { Child = child, Concerning = authority },
                    Cancellation
                )
            )
                .Items.Select(access => access.Id)
                .Should()
                .Equal("a1");
    }

    [Theory]
    [InlineData("UPDATE resource SET body = (SELECT body FROM resource WHERE id = 'p2') WHERE id = 'p1'")]
    [InlineData("UPDATE resource SET side = (SELECT side FROM resource WHERE id = 'p2') WHERE id = 'p1'")]
    [InlineData("UPDATE resource SET body = side WHERE id = 'p1'")]
    [InlineData("UPDATE resource SET setting_view = zeroblob(0) WHERE id = 'p1'")]
    [InlineData("UPDATE resource SET body = zeroblob(0) WHERE id = 'p1'")]
    [InlineData("UPDATE resource SET authority = 'E10000012' WHERE id = 'p1'")]
    [InlineData("UPDATE resource SET version = 2 WHERE id = 'p1'")]
    [InlineData("UPDATE resource SET id = 'p3' WHERE id = 'p2'; UPDATE resource SET id = 'p1' WHERE id = 'p3'", "p2")]
    public async Task A_row_that_was_put_together_from_others_is_unavailable_and_not_shown(
        string tampering,
        string remove = ""
    )
    {
        await using var opened = await OpenAsync(_sealed);
        var (child, other) = (Make.Child(1), Make.Child(2));
        await opened.Store.CommitAsync(
            Make.Commit(
                Make.Resource("p1", RecordType.Patient, child: child) with
                {
                    SettingView = "{}"u8.ToArray(),
                },
                Make.Resource("p2", RecordType.Patient, child: other) with
                {
                    SettingView = "{}"u8.ToArray(),
                }
            ),
            Cancellation
        );
        if (remove.Length > 0)
            await RunAsync(opened.Store, "DELETE FROM resource WHERE id = 'p1'");
        foreach (var statement in tampering.Split("; "))
            await RunAsync(opened.Store, statement);

        var read = () => opened.Store.ReadAsync(RecordType.Patient, "p1", null, Cancellation);

        await read.Should().ThrowAsync<StoreUnavailableException>();
    }

    [Fact]
    public async Task An_occurrence_or_a_key_that_was_put_in_the_place_of_another_is_unavailable()
    {
        await using var opened = await OpenAsync(_sealed);
        var store = opened.Store;
        await store.RecordAsync(Make.Access("a1"), Cancellation);
        await store.RecordAsync(Make.Access("a2"), Cancellation);
        await store.SaveKeyAsync(new SigningKey("p", "k1", new byte[] { 1 }, Make.Noon), Cancellation);
        await store.SaveKeyAsync(new SigningKey("p", "k2", new byte[] { 2 }, Make.Noon), Cancellation);
        await RunAsync(store, "UPDATE occurrence SET document = (SELECT document FROM occurrence WHERE id = 'a2')");
        await RunAsync(store, "UPDATE signing_key SET secret = (SELECT secret FROM signing_key WHERE id = 'k2')");

        var occurrence = () => store.ReadOccurrenceAsync("a1", Cancellation);
        var key = () => store.ReadKeysAsync("p", Cancellation);

        await occurrence.Should().ThrowAsync<StoreUnavailableException>();
        await key.Should().ThrowAsync<StoreUnavailableException>();
        (await store.ReadOccurrenceAsync("a2", Cancellation)).Should().NotBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tokens_that_stay_the_same_are_not_written_again(bool isSealed)
    {
        await using var opened = await OpenAsync(isSealed ? _sealed : RecordProtection.Readable);
        string[] tokens = ["status=active", "family=smith", "birthdate=2019-04-23"];
        await opened.Store.CommitAsync(Make.Commit(Make.Resource("e", tokens: tokens)), Cancellation);

        var kept = await ChangesOfAsync(
            Make.Resource("e", version: 2, tokens: tokens) with
            {
                BirthDate = new(2019, 4, 23),
            }
        );
        var changed = await ChangesOfAsync(Make.Resource("e", version: 3, tokens: ["status=active"]));

        kept.Should().Be(2, "the old version is kept and the new one written");
        changed.Should().BeGreaterThan(2);
        (await FindAsync("family=smith")).Should().Be(0);
        (await FindAsync("status=active")).Should().Be(1);
        (await RowsOfAsync("token")).Should().Be(1, "nothing is left of what was removed");

        async Task<long> ChangesOfAsync(StoredResource resource)
        {
            var before = await NumberAsync(opened.Store, "SELECT total_changes()");
            await opened.Store.CommitAsync(Make.Commit(resource), Cancellation);
            return await NumberAsync(opened.Store, "SELECT total_changes()") - before;
        }

        async Task<long> FindAsync(string token) =>
            (
                await opened.Store.SearchAsync(
                    new RecordQuery(RecordType.EpisodeOfCare, Make.Herts, [new Condition.AnyToken([token])]),
                    Cancellation
                )
            ).Total;

        Task<long> RowsOfAsync(string table) => NumberAsync(opened.Store, $"SELECT count(*) FROM {table}");
    }

    [Fact]
    public async Task After_a_new_key_everything_is_there_and_old_records_can_be_changed()
    {
        using var keys = ProtectionKeys.Make("2026-11");
        var resource = Make.Resource("e", child: Make.Child(1), identity: "i", tokens: ["family=smith"]);
        await using var opened = await OpenAsync(new SealedRecords(keys));
        await opened.Store.CommitAsync(Make.Commit(resource), Cancellation);
        await opened.Store.DisposeAsync();

        using var rotated = new SealedRecords(keys.With([ProtectionKeys.MakeKey("2026-12"), .. keys.Keys]));
        await using var store = await SqliteStore.OpenAsync(
            opened.Options with
            {
                Protection = rotated,
            },
            TimeProvider.System,
            Cancellation
        );
        var second = resource with { Version = 2, Tokens = ["family=smythe"] };
        (await store.CommitAsync(Make.Commit(second), Cancellation)).Should().Be(CommitOutcome.Committed);

        (await store.ReadChildAsync(Make.Child(1), Cancellation)).Single().Tokens.Should().Equal("family=smythe");
        (await store.ReadAsync(RecordType.EpisodeOfCare, "e", 1, Cancellation))!.Tokens.Should().Equal("family=smith");
    }

    private static Task<SqliteStoreUnderTest> OpenAsync(RecordProtection protection) =>
        SqliteStoreUnderTest.OpenAsync(TimeProvider.System, options => options with { Protection = protection });

    private static IEnumerable<string> Ids(IEnumerable<StoredResource> resources) => resources.Select(r => r.Id);

    private static Task<bool> RunAsync(SqliteStore store, string sql) =>
        store.WriteAsync<bool>(
            connection =>
            {
                connection.Run(sql);
                return true;
            },
            Cancellation
        );

    private static Task<long> NumberAsync(SqliteStore store, string sql) =>
        store.WriteAsync<long>(
            connection =>
            {
                using var row = connection.Prepare(sql);
                row.Step();
                return row.Long(0);
            },
            Cancellation
        );

    /// <summary>Every child has the same hash, which happens once in 9e18 pairs.</summary>
    private sealed class OneHashForAll(RecordProtection real) : RecordProtection
    {
        public override string Marker => real.Marker;

        public override long ChildKey(NhsNumber child) => 42;

        public override string PersonKey(string sdsUserId) => real.PersonKey(sdsUserId);

        public override string IdentityKey(string identity) => real.IdentityKey(identity);

        public override IReadOnlyList<string> Tokens(IReadOnlyList<string> tokens) => real.Tokens(tokens);

        public override IReadOnlyList<Condition> Conditions(IReadOnlyList<Condition> conditions) =>
            real.Conditions(conditions);

        public override ReadOnlyMemory<byte> Seal(ReadOnlyMemory<byte> plain, NhsNumber? child, string context) =>
            real.Seal(plain, child, context);

        public override ReadOnlyMemory<byte> Open(ReadOnlyMemory<byte> stored, string context) =>
            real.Open(stored, context);
    }
}
