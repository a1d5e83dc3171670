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
    /// <summary>How often the server is killed in the middle of look-ups, 50 of them at a time.</summary>
    private static readonly int Kills = Proof.Of(everyDay: 20, inFull: 200);

    private const int LookUpsOfOneLife = 50;
    private const int Askers = 16;
    private static readonly int Rounds = Proof.Of(everyDay: 1, inFull: 10);
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");

    private readonly string _data = Directory.CreateTempSubdirectory("cpis-kill-").FullName;

    private static SyntheticPopulation Register(int children) =>
        SyntheticPopulation.OfCounty(Authority, children, LondonCalendar.DayOf(DateTimeOffset.UtcNow));

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task No_answered_look_up_loses_its_record_or_its_notice()
    {
        // Another child each time: each look-up opens an attendance, and is to be told.
        var children = Children.Of(0, Kills * LookUpsOfOneLife + Askers * Kills);
        var next = -1;
        await using var receiver = await Receiver.StartAsync();
        var port = ExchangeProcess.FreePort();
        var hits = new ConcurrentBag<string>();

        var exchange = await ExchangeProcess.StartAsync(_data, port: port, arguments: "--bench");
        using (var authority = await Actor.SignInAsync(exchange, "authority-xhf01"))
        {
            foreach (var some in children.Chunk(100))
                using (var answer = await authority.PostJsonAsync("", SyntheticUpload.Bundle(Authority, some)))
                    answer.StatusCode.Should().Be(HttpStatusCode.OK);
            await receiver.SubscribeAsync(authority);
        }

        var random = new Random(1);
        for (var kill = 0; kill < Kills; kill++)
        {
            await LookUpUntilKilledAsync(
                exchange,
                () => children[Interlocked.Increment(ref next)].NhsNumber.Digits,
                hits,
                killAfter: random.Next(1, 2 * LookUpsOfOneLife - Askers)
            );
            await exchange.DisposeAsync();
            exchange = await ExchangeProcess.StartAsync(_data, port: port, arguments: "--bench");
        }

        var answered = hits.ToHashSet();
        answered.Count.Should().BeGreaterThan(Kills * LookUpsOfOneLife / 2);
        using var auditor = await Actor.SignInAsync(exchange, "authority-xhf01");
        var recorded = await Recorded.ChildrenAsync(auditor);
        answered.Except(recorded.Keys).Should().BeEmpty("each answer is on record");
        await Eventually.TrueAsync(
            () => recorded.Untold(answered, receiver.Accesses).Count == 0,
            () => $"{recorded.Untold(answered, receiver.Accesses).Count} children are still to be told of"
        );
        receiver
            .Events.Keys.Order()
            .Should()
            .Equal(Enumerable.Range(1, receiver.Events.Count).Select(n => (long)n), "numbers have no gap");
        TestContext.Current.SendDiagnosticMessage($"{answered.Count} look-ups answered over {Kills} kills.");
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
        Func<string> next,
        ConcurrentBag<string> hits,
        int killAfter
    )
    {
        using var setting = await Actor.SignInAsync(exchange, "hareford-ed-doctor");
        var done = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, Askers)
                .Select(async _ =>
                {
                    try
                    {
                        while (Volatile.Read(ref done) < killAfter)
                        {
                            using var answer = await setting.LookUpAsync(next());
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
