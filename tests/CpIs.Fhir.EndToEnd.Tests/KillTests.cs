using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.EndToEnd.Tests.Processes;
using CpIs.Fhir.Synthetic;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.EndToEnd.Tests;

/// <summary>
/// Promises 1, 2, 3, 4 and 7 against kill -9 of the real process. CI runs them in small; .ci/prove sets CPIS_PROVE and runs
/// them over and over.
/// </summary>
public sealed class KillTests : IDisposable
{
    private static readonly int Rounds = Proof.Of(everyDay: 1, inFull: 10);
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");

    private readonly string _data = Directory.CreateTempSubdirectory("cpis-kill-").FullName;

    private static SyntheticPopulation Register(int children) =>
        SyntheticPopulation.OfCounty(Authority, children, LondonCalendar.DayOf(DateTimeOffset.UtcNow));

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task No_answered_look_up_loses_its_record_or_its_notice()
    {
        var register = Register(200);
        var shown = register
            .Children()
            .Where(child => child.Plans.Any(plan => plan.Status == PlanStatus.Active))
            .Select(child => child.NhsNumber.Digits)
            .ToArray();
        await using var receiver = await Receiver.StartAsync();
        var port = ExchangeProcess.FreePort();
        var hits = new ConcurrentBag<string>();

        var exchange = await ExchangeProcess.StartAsync(_data, port: port, arguments: "--bench");
        using (var authority = await Actor.SignInAsync(exchange, "authority-xhf01"))
        {
            foreach (var bundle in SyntheticUpload.Bundles(register))
                using (var answer = await authority.PostJsonAsync("", bundle))
                    answer.StatusCode.Should().Be(HttpStatusCode.OK);
            await receiver.SubscribeAsync(authority);
        }

        for (var round = 0; round < Rounds; round++)
        {
            await LookUpUntilKilledAsync(exchange, shown, hits, killAfter: 300 + 150 * round);
            await exchange.DisposeAsync();
            exchange = await ExchangeProcess.StartAsync(_data, port: port, arguments: "--bench");
        }

        hits.Should().NotBeEmpty();
        var answered = hits.ToHashSet();
        using var auditor = await Actor.SignInAsync(exchange, "authority-xhf01");
        var children = await Recorded.ChildrenAsync(auditor);
        await Eventually.TrueAsync(
            () => children.Untold(answered, receiver.Accesses).Count == 0,
            () => $"{children.Untold(answered, receiver.Accesses).Count} children are still to be told of"
        );
        receiver
            .Events.Keys.Order()
            .Should()
            .Equal(Enumerable.Range(1, receiver.Events.Count).Select(n => (long)n), "numbers have no gap");

        foreach (var id in answered.Take(50))
            (await auditor.ReadAsync($"AuditEvent/{id}")).GetProperty("outcome").GetString().Should().Be("0");
        await exchange.DisposeAsync();
    }

    [Fact]
    public async Task An_upload_is_there_whole_or_not_at_all()
    {
        var children = Register(2_000).Children().Chunk(40).ToArray();
        var port = ExchangeProcess.FreePort();
        var answered = new ConcurrentBag<int>();
        var next = 0;

        for (var round = 0; round < Rounds && next < children.Length; round++)
        {
            await using var exchange = await ExchangeProcess.StartAsync(_data, port: port, arguments: "--bench");
            using var authority = await Actor.SignInAsync(exchange, "authority-xhf01");
            var target = Math.Min(children.Length, answered.Count + 8);
            await Task.WhenAll(
                Enumerable
                    .Range(0, 3)
                    .Select(async _ =>
                    {
                        try
                        {
                            for (int i; (i = Interlocked.Increment(ref next) - 1) < children.Length; )
                            {
                                using var answer = await authority.PostJsonAsync(
                                    "",
                                    SyntheticUpload.Bundle(Authority, children[i])
                                );
                                answer.StatusCode.Should().Be(HttpStatusCode.OK);
                                answered.Add(i);
                                if (answered.Count >= target)
                                    await exchange.KillAsync();
                            }
                        }
                        catch (Exception cut) when (cut is HttpRequestException or IOException)
                        {
                            // The server was killed under this upload; what became of it is checked below.
                        }
                    })
            );
        }

        await using var after = await ExchangeProcess.StartAsync(_data, port: port, arguments: "--bench");
        using var reader = await Actor.SignInAsync(after, "authority-xhf01");
        var held = await PlanIdsAsync(reader);
        for (var i = 0; i < children.Length; i++)
        {
            var plans = children[i].SelectMany(child => child.Plans).Select(plan => plan.PlanId).ToList();
            var found = plans.Count(held.Contains);
            found.Should().BeOneOf([0, plans.Count], "a transaction is all or nothing");
            if (answered.Contains(i))
                found.Should().Be(plans.Count, "an answered transaction is there");
        }

        answered.Count.Should().BeLessThan(children.Length, "the server was killed in the middle");
    }

    private static async Task LookUpUntilKilledAsync(
        ExchangeProcess exchange,
        string[] numbers,
        ConcurrentBag<string> hits,
        int killAfter
    )
    {
        using var setting = await Actor.SignInAsync(exchange, "hareford-ed-doctor");
        var done = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(async worker =>
                {
                    try
                    {
                        for (var i = worker; i < 1_000; i += 16)
                        {
                            using var answer = await setting.LookUpAsync(numbers[i % numbers.Length]);
                            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                            answer.StatusCode.Should().Be(HttpStatusCode.OK);
                            hits.Add(body.RootElement.GetProperty("id").GetString()!);
                            if (Interlocked.Increment(ref done) == killAfter)
                                await exchange.KillAsync();
                        }
                    }
                    catch (Exception cut) when (cut is HttpRequestException or IOException)
                    {
                        // Cut off by the kill: this look-up was not answered.
                    }
                })
        );
    }

    private static async Task<HashSet<string>> PlanIdsAsync(Actor authority)
    {
        var plans = await authority.ReadAllAsync("EpisodeOfCare?_count=1000");
        return [.. plans.Select(plan => plan.GetProperty("identifier")[0].GetProperty("value").GetString()!)];
    }
}
