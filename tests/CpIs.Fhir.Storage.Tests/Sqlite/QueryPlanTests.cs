using System.Text.RegularExpressions;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Tests.Contract;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>
/// Every statement that the store prepares while each of its methods runs is explained by SQLite, and none may walk
/// through a table that grows. A new statement is so checked without being listed here.
/// </summary>
public sealed partial class QueryPlanTests
{
    /// <summary>Tables of some hundred rows, read as a whole on purpose.</summary>
    private static readonly string[] Small = ["subscription", "registration", "counter", "j", "json_each", "s"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_statement_of_the_store_uses_its_index()
    {
        await using var opened = await SqliteStoreUnderTest.OpenAsync(TimeProvider.System);
        await UseEverythingAsync(opened);
        var statements = opened.Store.Prepared.ToList();
        statements.Should().HaveCountGreaterThan(50);

        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(opened.Options.Directory, "cpis.db")};Pooling=False;Mode=ReadOnly"
        );
        connection.Open();
        var used = new HashSet<string>();
        foreach (var statement in statements.Where(IsQuery))
        foreach (var step in Explain(connection, statement))
        {
            // What is open at all authorities is asked for once a minute, from an index that holds nothing else.
            if (
                Scan().Match(step) is { Success: true } scan
                && !step.EndsWith(" obligation_open", StringComparison.Ordinal)
            )
                Small.Should().Contain(scan.Groups["table"].Value, $"'{step}' of: {statement}");
            if (Index().Match(step) is { Success: true } index)
                used.Add(index.Groups["index"].Value);
        }

        ReadIndexes(connection).Except(used).Should().BeEmpty("an index that serves no query only costs");
    }

    [Fact]
    public async Task What_every_look_up_reads_is_one_statement_on_one_index()
    {
        await using var opened = await SqliteStoreUnderTest.OpenAsync(TimeProvider.System);
        await opened.Store.ReadChildAsync(Make.Child(1), Cancellation);
        await opened.Store.ReadHistoryAsync(Make.Child(1), "x", Make.Noon, 25, DateTimeOffset.MaxValue, Cancellation);
        var reads = opened.Store.Prepared.Where(s => s.Contains("child = ?", StringComparison.Ordinal)).ToList();
        reads.Should().HaveCount(2);

        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(opened.Options.Directory, "cpis.db")};Pooling=False;Mode=ReadOnly"
        );
        connection.Open();
        reads
            .SelectMany(s => Explain(connection, s))
            .Should()
            .BeEquivalentTo(
                "SEARCH r USING INDEX resource_read_child (child=?)",
                "SEARCH occurrence USING INDEX occurrence_history (child=?)"
            );
    }

    private static async Task UseEverythingAsync(SqliteStoreUnderTest opened)
    {
        var store = opened.Store;
        for (var version = 1; version <= 2; version++)
            await store.CommitAsync(
                Make.Commit(
                    Make.Resource("e", version: version, identity: "i", child: Make.Child(1), tokens: [$"v={version}"]),
                    Make.Subscription("s", version: version)
                ) with
                {
                    Answer = Make.Answer($"r{version}", expires: DateTimeOffset.MaxValue),
                    Occurrence = Make.Access($"o{version}", authorities: Make.Herts),
                    Registrations = [new Registration("client", "c", "{}"u8.ToArray())],
                },
                Cancellation
            );
        await store.ReadAsync(RecordType.EpisodeOfCare, "e", 1, Cancellation);
        await store.ReadByIdentityAsync(RecordType.EpisodeOfCare, ["i"], Cancellation);
        await store.ReadChildAsync(Make.Child(1), Cancellation);
        await store.ReadOwnAsync(Make.Herts, [Make.Child(1)], Cancellation);
        await store.ReadAnswerAsync("c", "r", Cancellation);
        await EverySearch.RunAsync(opened, Cancellation);
        await store.ReadHistoryAsync(Make.Child(1), "x", Make.Noon, 25, DateTimeOffset.MaxValue, Cancellation);
        await store.ReadOccurrenceAsync("o1", Cancellation);
        await store.ReadRegistrationsAsync(Cancellation);
        await store.ReadRegistrationStampAsync(Cancellation);
        await store.TryUseOnceAsync("jti", "v", Make.Noon, Cancellation);
        await store.SaveKeyAsync(new SigningKey("p", "k", new byte[] { 1 }, Make.Noon), Cancellation);
        await store.ReadKeysAsync("p", Cancellation);
        await store.CheckWritableAsync(Cancellation);
        await store.NumberObligationsAsync(Make.Noon, default, 10, Cancellation);
        var lease = TimeSpan.FromMinutes(1);
        var delivery = (await store.ClaimDueAsync(Make.Noon, lease, 10, Cancellation)).Single();
        await store.RescheduleAsync(delivery, Make.Noon, Make.Noon, "x", Cancellation);
        await store.MakeDueAsync("s", Make.Noon, Cancellation);
        delivery = (await store.ClaimDueAsync(Make.Noon, lease, 10, Cancellation)).Single();
        await store.SettleAsync(delivery, Make.Noon, Cancellation);
        await store.ReadEventsAsync("s", 1, 9, 9, Cancellation);
        await store.ReadLedgerAsync("s", Cancellation);
        await store.ReadOpenObligationsAsync(Make.Herts, Cancellation);
        await store.NoteTakenAsync("s", Make.Noon, Cancellation);
        await EveryNotice.RunAsync(opened, Cancellation);
        await store.TryHoldAsync("work", "a", Make.Noon, lease, Cancellation);
        await store.ReleaseAsync("work", "a", Cancellation);
        await RemoveEverythingAsync(store);
    }

    private static async Task RemoveEverythingAsync(SqliteStore store)
    {
        await store.RemoveEventsAsync(DateTimeOffset.MaxValue, 10, Cancellation);
        (await store.RemoveOccurrencesAsync(DateTimeOffset.MaxValue, 10, Cancellation)).Should().Be(2);
        await store.RemoveVersionsAsync(DateTimeOffset.MaxValue, 10, Cancellation);
        await store.RemoveExpiredAsync(10, Cancellation);
        await store.CommitAsync(
            new Commit
            {
                Removals = [new Removal(RecordType.EpisodeOfCare, "e", 2)],
                RegistrationStamp = await store.ReadRegistrationStampAsync(Cancellation),
            },
            Cancellation
        );
    }

    private static bool IsQuery(string sql) =>
        sql.Split(' ', 2)[0] is "SELECT" or "INSERT" or "UPDATE" or "DELETE"
        && !sql.Contains("pragma_", StringComparison.Ordinal);

    private static List<string> Explain(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        var number = 0;
        command.CommandText = "EXPLAIN QUERY PLAN " + Parameter().Replace(sql, _ => $"$p{number++}");
        for (var i = 0; i < number; i++)
            command.Parameters.AddWithValue($"$p{i}", 1);
        using var rows = command.ExecuteReader();
        var steps = new List<string>();
        while (rows.Read())
            steps.Add(rows.GetString(3));
        return steps;
    }

    private static List<string> ReadIndexes(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
        using var rows = command.ExecuteReader();
        var names = new List<string>();
        while (rows.Read())
            names.Add(rows.GetString(0));
        return names;
    }

    [GeneratedRegex(@"^SCAN (?!CONSTANT)(?<table>\w+)")]
    private static partial Regex Scan();

    [GeneratedRegex(@"USING (COVERING )?INDEX (?<index>\w+)")]
    private static partial Regex Index();

    [GeneratedRegex(@"\?")]
    private static partial Regex Parameter();
}
