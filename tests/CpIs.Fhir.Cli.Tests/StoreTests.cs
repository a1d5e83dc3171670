using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Cli.Tests;

/// <summary>`cpis store`: filling and moving.</summary>
public sealed class StoreTests : IDisposable
{
    private readonly Workshop _workshop = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_is_filled_with_children_whose_numbers_the_bench_can_look_up()
    {
        var ended = await FillAsync(40);

        ended.Code.Should().Be(0);
        ended.Out.Should().Contain("copied and verified");
        var numbers = await File.ReadAllLinesAsync(_workshop["numbers.txt"], Cancellation);
        numbers.Should().HaveCountGreaterThan(30).And.OnlyContain(number => number.StartsWith("999"));
        await using var store = await OpenAsync("filled");
        foreach (var number in numbers)
            (await store.ReadChildAsync(NhsNumber.Parse(number), Cancellation)).Should().HaveCountGreaterThan(2);
    }

    [Fact]
    public async Task A_filled_store_is_copied_and_the_copy_holds_the_same()
    {
        await FillAsync(40);

        var ended = await CopyAsync("filled", "copy", "--json");

        ended.Code.Should().Be(0);
        var told = ended.Objects.Single();
        told["outcome"]!.GetValue<string>().Should().Be("copied");
        told["resumed"]!.GetValue<bool>().Should().BeFalse();
        var resources = told["sections"]![0]!;
        resources["section"]!.GetValue<string>().Should().Be("resources");
        resources["records"]!.GetValue<long>().Should().BeGreaterThanOrEqualTo(120);
        resources["checksum"]!.GetValue<string>().Should().Be(resources["source"]!.GetValue<string>());
        await using var store = await OpenAsync("copy");
        var all = new RecordQuery(RecordType.Patient, OdsCode.Parse("XHF01"), []) { Count = 0 };
        (await store.SearchAsync(all, Cancellation)).Total.Should().Be(40);
    }

    [Fact]
    public async Task A_target_that_holds_something_is_refused_with_what_it_is()
    {
        await FillAsync(5);
        await CopyAsync("filled", "copy");

        var again = await CopyAsync("filled", "copy");

        again.Code.Should().Be(1);
        again.Error.Should().Contain("is not empty");
    }

    [Fact]
    public async Task Interrupted_it_says_so_and_the_same_command_goes_on()
    {
        await FillAsync(9_000);
        using (var run = Invocation.Start(Copy("filled", "copy")))
        {
            await run.Error.SeesAsync("Copying resources");
            run.Interrupt();
            var ended = await run.EndAsync();
            ended.Code.Should().Be(2);
            ended.Error.Should().Contain("Run the same command again");
        }

        var open = () => OpenAsync("copy");
        await open.Should().ThrowAsync<StoreUnavailableException>();
        var second = await CopyAsync("filled", "copy");
        second.Code.Should().Be(0);
        second.Out.Should().Contain("going on with a run before");
    }

    [Fact]
    public async Task With_a_key_file_the_copy_is_sealed_and_opens_with_it_alone()
    {
        using (var keys = ProtectionKeys.Make("test"))
            new ProtectionKeyFile(_workshop["keys"]).Create(keys);
        await FillAsync(20);

        (await CopyAsync("filled", "sealed", "--to-key-file", _workshop["keys"])).Code.Should().Be(0);

        var open = () => OpenAsync("sealed");
        (await open.Should().ThrowAsync<StoreUnavailableException>()).WithMessage("*is sealed*");
        var back = await CopyAsync("sealed", "back", "--from-key-file", _workshop["keys"]);
        back.Code.Should().Be(0);
        await using var store = await OpenAsync("back");
        var all = new RecordQuery(RecordType.Patient, OdsCode.Parse("XHF01"), []) { Count = 0 };
        (await store.SearchAsync(all, Cancellation)).Total.Should().Be(20);
    }

    [Theory]
    [InlineData("oracle:x", "is not a kind of store")]
    [InlineData("mongodb://somewhere", "CPIS_MONGODB")]
    [InlineData("mongodb", "the connection string of MongoDB is missing")]
    [InlineData("sqlite:./nowhere", "no store in")]
    public async Task A_store_that_cannot_be_meant_or_read_is_told(string from, string why)
    {
        var ended = await Invocation.RunAsync("store", "copy", "--from", from, "--to", $"sqlite:{_workshop["copy"]}");

        ended.Code.Should().Be(2);
        ended.Error.Should().Contain(why);
    }

    [Fact]
    public async Task A_connection_string_is_never_shown()
    {
        var ended = await Invocation.RunAsync(
            ["store", "copy", "--from", "mongodb", "--to", $"sqlite:{_workshop["copy"]}"],
            null,
            new Dictionary<string, string> { ["CPIS_MONGODB"] = "mongodb://cpis:top-secret@127.0.0.1:1/?x=y" }
        );

        ended.Code.Should().Be(2);
        ended.Error.Should().Contain("MongoDB cannot be used");
        (ended.Error + ended.Out).Should().NotContain("top-secret");
    }

    [Fact]
    public async Task A_key_file_that_others_may_read_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps rights otherwise.");
        await FillAsync(2);
        _workshop.Write("keys", "{}");
#pragma warning disable CA1416 // Skipped on Windows.
        File.SetUnixFileMode(_workshop["keys"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
#pragma warning restore CA1416

        var ended = await CopyAsync("filled", "sealed", "--to-key-file", _workshop["keys"]);

        ended.Code.Should().Be(2);
        ended.Error.Should().Contain("chmod 600");
        Directory.Exists(_workshop["sealed"]).Should().BeFalse();
    }

    public void Dispose() => _workshop.Dispose();

    private Task<Ended> FillAsync(int children) =>
        Invocation.RunAsync(
            "store",
            "fill",
            "--children",
            $"{children}",
            "--authority",
            "XHF01",
            "--to",
            $"sqlite:{_workshop["filled"]}",
            "--numbers",
            _workshop["numbers.txt"]
        );

    private string[] Copy(string from, string to) =>
        ["store", "copy", "--from", $"sqlite:{_workshop[from]}", "--to", $"sqlite:{_workshop[to]}"];

    private Task<Ended> CopyAsync(string from, string to, params string[] more) =>
        Invocation.RunAsync([.. Copy(from, to), .. more]);

    private Task<SqliteStore> OpenAsync(string name) =>
        SqliteStore.OpenAsync(
            new SqliteStoreOptions { Directory = _workshop[name] },
            TimeProvider.System,
            Cancellation
        );
}
