using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Schemas;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>A file opens with the protection that it was made with, and with no other.</summary>
public sealed class ProtectionMarkTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cpis-mark-").FullName;
    private readonly ProtectionKeys _keys = ProtectionKeys.Make("a");
    private readonly SealedRecords _sealed;

    public ProtectionMarkTests() => _sealed = new SealedRecords(_keys);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _sealed.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_sealed_file_opens_again_with_its_keys_also_after_a_new_one()
    {
        await OpenAsync(_sealed);
        await OpenAsync(_sealed);
        await OpenAsync(new SealedRecords(_keys.With([ProtectionKeys.MakeKey("b"), .. _keys.Keys])));
    }

    [Fact]
    public async Task A_sealed_file_is_refused_without_its_key_file()
    {
        await OpenAsync(_sealed);

        (await RefusalAsync(RecordProtection.Readable))
            .Should()
            .Contain("is sealed")
            .And.Contain("Protection:KeyFile")
            .And.Contain("cpis store copy");
    }

    [Fact]
    public async Task A_sealed_file_is_refused_under_another_blind_index_key()
    {
        await OpenAsync(_sealed);
        using var other = new SealedRecords(ProtectionKeys.Make("a"));

        (await RefusalAsync(other)).Should().Contain("another blind-index key").And.Contain("cpis store copy");
    }

    [Fact]
    public async Task A_readable_file_is_never_sealed_halfway()
    {
        await OpenAsync(RecordProtection.Readable);

        (await RefusalAsync(_sealed)).Should().Contain("made readable").And.Contain("cpis store copy");
        await OpenAsync(RecordProtection.Readable);
    }

    [Fact]
    public async Task A_file_of_the_first_schema_that_holds_something_is_readable()
    {
        MakeFile(1, "INSERT INTO signing_key (purpose, id, secret, created) VALUES ('token', 'k', x'01', 0);");

        (await RefusalAsync(_sealed)).Should().Contain("made readable");
        await OpenAsync(RecordProtection.Readable);
    }

    [Fact]
    public async Task A_file_whose_making_was_cut_short_before_anything_was_in_it_takes_either()
    {
        MakeFile(Schema.Version, string.Concat(Migration.All.Skip(1).Select(m => m.Script)));

        await OpenAsync(_sealed);
    }

    private void MakeFile(int version, string script)
    {
        using var connection = Connection.OpenWriter(Path.Combine(_directory, "cpis.db"));
        connection.RunScript(
            $"{FirstTables.Script} {script} PRAGMA application_id={0x43504953}; PRAGMA user_version={version};"
        );
    }

    private async Task OpenAsync(RecordProtection protection)
    {
        await using var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Directory = _directory, Protection = protection },
            TimeProvider.System,
            Cancellation
        );
        await store.RecordAsync(Make.Access("a"), Cancellation);
        (await store.ReadOccurrenceAsync("a", Cancellation)).Should().NotBeNull();
    }

    private async Task<string> RefusalAsync(RecordProtection protection)
    {
        var open = () => OpenAsync(protection);
        return (await open.Should().ThrowAsync<StoreUnavailableException>()).Which.Message;
    }
}
