using System.Diagnostics;
using System.Net;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.EndToEnd.Tests.Processes;
using CpIs.Fhir.Synthetic;
using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.EndToEnd.Tests;

/// <summary>
/// An exchange moves from the embedded store to MongoDB and back, as the operator's guide says, with the tool killed on the
/// way. Nobody who speaks to it may notice more than the pause.
/// </summary>
[Trait(Proof.Long, "true")]
public sealed class MoveTests(MongoDatabase database) : IClassFixture<MongoDatabase>, IDisposable
{
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");
    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-move-").FullName;

    private string First => Path.Combine(_folder, "first");

    private string Last => Path.Combine(_folder, "last");

    [Fact]
    public async Task Tokens_repeats_and_half_told_look_ups_survive_a_move_to_MongoDB_and_back()
    {
        var (connectionString, name) = (database.Engine.ConnectionString, database.Name);
        var children = Children.Of(stem: 431_000, count: 8);
        var upload = SyntheticUpload.Bundle(Authority, children);
        var uploaded = Guid.NewGuid().ToString();
        await using var receiver = await Receiver.StartAsync();
        var port = ExchangeProcess.FreePort();
        var hits = new List<string>();

        var exchange = await ExchangeProcess.StartAsync(First, port: port);
        using var authority = await Actor.SignInAsync(exchange, "authority-xhf01");
        using var nurse = await Actor.SignInAsync(exchange, "hareford-ed-nurse");
        var acknowledged = await UploadAsync(authority, upload, uploaded);
        await receiver.SubscribeAsync(authority);
        hits.Add(await HitAsync(nurse, children[0]));
        await ToldAsync(receiver, hits);
        receiver.IsDown = true;
        hits.Add(await HitAsync(nurse, children[1]));
        hits.Add(await HitAsync(nurse, children[2]));
        await StopAsync(exchange);

        string[] there = ["store", "copy", "--from", $"sqlite:{First}", "--to", $"mongodb:{name}"];
        await KillAsync(there, connectionString);
        (await RunAsync(there, connectionString)).Should().Contain("copied and verified");
        exchange = await ExchangeProcess.StartAsync(First, port: port, settings: OnMongoDb(connectionString, name));
        hits.Add(await HitAsync(nurse, children[3]));
        (await UploadAsync(authority, upload, uploaded))
            .Should()
            .Be(acknowledged, "it is a repeat of the same request");
        receiver.IsDown = false;
        await ToldAsync(receiver, hits);
        receiver.IsDown = true;
        hits.Add(await HitAsync(nurse, children[4]));
        await StopAsync(exchange);

        string[] back = ["store", "copy", "--from", $"mongodb:{name}", "--to", $"sqlite:{Last}"];
        (await RunAsync(back, connectionString)).Should().Contain("copied and verified");
        await using var last = await ExchangeProcess.StartAsync(Last, port: port);
        hits.Add(await HitAsync(nurse, children[5]));
        receiver.IsDown = false;
        await ToldAsync(receiver, hits);

        receiver.Events.Keys.Order().Should().Equal(Enumerable.Range(1, hits.Count).Select(n => (long)n));
        receiver.Deliveries.Values.Should().OnlyContain(times => times == 1, "what was delivered is not told again");
        foreach (var id in hits)
            (await authority.ReadAsync($"AuditEvent/{id}")).GetProperty("outcome").GetString().Should().Be("0");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Dictionary<string, string> OnMongoDb(string connectionString, string name) =>
        new()
        {
            ["CPIS__Repository"] = "MongoDb",
            ["CPIS__MongoDbOptions__ConnectionString"] = connectionString,
            ["CPIS__MongoDbOptions__Database"] = name,
        };

    private static async Task<string> UploadAsync(Actor authority, ReadOnlyMemory<byte> bundle, string requestId)
    {
        using var answer = await authority.PostJsonAsync("", bundle, requestId);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, body);
        return body;
    }

    /// <summary>The id of the access that is on record.</summary>
    private static async Task<string> HitAsync(Actor nurse, SyntheticChild child)
    {
        using var answer = await nurse.LookUpAsync(child.NhsNumber.Digits);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, body);
        return JsonDocument
            .Parse(body)
            .RootElement.GetProperty("entry")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("resource"))
            .First(resource => resource.GetProperty("resourceType").GetString() == "AuditEvent")
            .GetProperty("id")
            .GetString()!;
    }

    private static Task ToldAsync(Receiver receiver, List<string> hits) =>
        Eventually.TrueAsync(
            () => hits.ToHashSet().IsSubsetOf(receiver.Accesses),
            () => $"{hits.Except(receiver.Accesses).Count()} of {hits.Count} look-ups are told"
        );

    private static async Task StopAsync(ExchangeProcess exchange)
    {
        await exchange.StopAsync();
        await exchange.DisposeAsync();
    }

    private static async Task<string> RunAsync(string[] arguments, string connectionString)
    {
        using var tool = Start(arguments, connectionString);
        var error = tool.StandardError.ReadToEndAsync();
        var output = await tool.StandardOutput.ReadToEndAsync();
        await tool.WaitForExitAsync();
        tool.ExitCode.Should().Be(0, await error);
        return output;
    }

    /// <summary>kill -9 as soon as it has written something.</summary>
    private static async Task KillAsync(string[] arguments, string connectionString)
    {
        using var tool = Start(arguments, connectionString);
        while (await tool.StandardError.ReadLineAsync() is { } line)
            if (line.StartsWith("Copying", StringComparison.Ordinal))
                break;
        tool.Kill();
        await tool.WaitForExitAsync();
        tool.ExitCode.Should().NotBe(0, "it was killed in the middle");
    }

    private static Process Start(string[] arguments, string connectionString) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [Repository.Program("CpIs.Fhir.Cli", "cpis"), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["CPIS_MONGODB"] = connectionString },
            }
        )!;
}
