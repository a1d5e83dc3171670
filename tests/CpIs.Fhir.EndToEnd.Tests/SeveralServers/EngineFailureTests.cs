using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.EndToEnd.Tests.Processes;
using CpIs.Fhir.Synthetic;
using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.EndToEnd.Tests.SeveralServers;

/// <summary>
/// What callers see while the engine under the servers is killed, frozen or full, and what is there afterwards. CI leaves them to
/// .ci/prove; what the store itself does then is tested on every landing.
/// </summary>
[Trait(Proof.Long, "true")]
public sealed class EngineFailureTests(FailingDeployment failing) : IClassFixture<FailingDeployment>
{
    private static readonly int Askers = Proof.Of(everyDay: 4, inFull: 16);
    private static readonly int ChildrenInBundle = Proof.Of(everyDay: 20, inFull: 100);
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");

    private Deployment Deployment => failing.Deployment;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gateway", 300_000)]
    [InlineData("database", 310_000)]
    public async Task While_the_engine_is_frozen_a_look_up_could_not_be_checked_and_no_server_is_ready(
        string what,
        int stem
    )
    {
        var child = Children.Of(stem, 1)[0];
        using var authority = await Deployment.SignInAsync("authority-xhf01");
        await UploadedAsync(authority, [child]);
        var setting = await Deployment.SignInAtEachAsync("hareford-ed-doctor");
        foreach (var server in setting)
            await AnsweredAsync(server, child);

        if (what == "gateway")
            failing.Engine.FreezeGateway();
        else
            failing.Engine.FreezeDatabase();
        try
        {
            foreach (var server in setting)
                ShouldBeCouldNotCheck(await LookUpAsync(server, child), child);
            await ReadyAsync(HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            failing.Engine.Thaw();
        }

        await ReadyAsync(HttpStatusCode.OK);
        foreach (var server in setting)
            await AnsweredAsync(server, child);
    }

    [Fact]
    public async Task While_no_majority_confirms_a_write_no_server_is_ready_and_nothing_is_answered()
    {
        var child = Children.Of(315_000, 1)[0];
        using var setting = await Deployment.SignInAsync("hareford-ed-doctor");
        using var client = new MongoClient(failing.Engine.ConnectionString);
        var notConfirmed = new BsonDocument
        {
            { "code", 64 },
            { "codeName", "WriteConcernFailed" },
            { "errmsg", "waiting for replication timed out" },
        };

        await using (
            await FailPoint.SetAsync(
                client,
                "cpis",
                times: null,
                new BsonDocument("writeConcernError", notConfirmed),
                "insert",
                "update"
            )
        )
        {
            await ReadyAsync(HttpStatusCode.ServiceUnavailable);
            ShouldBeCouldNotCheck(await LookUpAsync(setting, child), child);
        }

        await ReadyAsync(HttpStatusCode.OK);
        await AnsweredAsync(setting, child);
    }

    [Fact]
    public async Task On_a_full_disk_nothing_is_answered_and_all_goes_on_when_there_is_room()
    {
        var children = Children.Of(320_000, 10_000);
        using var authority = await Deployment.SignInAsync("authority-xhf01");
        using var setting = await Deployment.SignInAsync("hareford-ed-doctor");
        await UploadedAsync(authority, children[..1]);

        failing.Engine.FillDisk();
        var (next, status) = (1, HttpStatusCode.OK);
        for (var tries = 0; status == HttpStatusCode.OK; tries++)
        {
            // What is left in files that are there already is soon used up.
            tries.Should().BeLessThan(200, "the disk is full");
            status = await UploadAsync(authority, children[next..(next + 40)]);
            if (status == HttpStatusCode.OK)
                next += 40;
        }

        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        // A look-up is small: there may be room for its record still, and then it is answered and must be there afterwards.
        var looked = await LookUpAsync(setting, children[0]);
        if (looked.Status != HttpStatusCode.OK)
            ShouldBeCouldNotCheck(looked, children[0]);
        failing.Engine.FreeDisk();
        await failing.Engine.RestartAsync();

        await ReadyAsync(HttpStatusCode.OK);
        await AnsweredAsync(setting, children[0]);
        using var reader = await Deployment.SignInAsync("authority-xhf01");
        var held = (await PlanIdsAsync(reader)).ToHashSet();
        children[..next].Select(child => child.Plans[0].PlanId).Except(held).Should().BeEmpty();
        held.Count(id => children[next..].Any(child => child.Plans[0].PlanId == id)).Should().BeOneOf(0, 40);
        if (looked.Status == HttpStatusCode.OK)
            (await reader.ReadAllAsync("AuditEvent?_count=1000"))
                .Select(access => access.GetProperty("id").GetString())
                .Should()
                .Contain(looked.Body.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Killed_engines_and_a_killed_server_lose_nothing_that_was_answered()
    {
        var children = Children.Of(400_000, 100);
        var uploads = Children.Of(410_000, 40_000).Chunk(ChildrenInBundle).ToArray();
        using var authority = await Deployment.SignInAsync("authority-xbr02");
        await Eventually.TrueAsync(async () =>
        {
            using var uploaded = await authority.PostJsonAsync(
                "",
                SyntheticUpload.Bundle(OdsCode.Parse("XBR02"), children)
            );
            return uploaded.StatusCode == HttpStatusCode.OK;
        });
        await using var receiver = await Receiver.StartAsync();
        await receiver.SubscribeAsync(authority);
        using var uploader = await Deployment.SignInAsync("authority-xhf01");
        using var setting = await Deployment.SignInAsync("hareford-ed-doctor");
        var (hits, bundles) = (new ConcurrentBag<string>(), new ConcurrentBag<int>());
        using var stop = new CancellationTokenSource();
        var working = Task.WhenAll([
            RepeatAsync(
                async i =>
                {
                    if (await UploadAsync(uploader, uploads[i]) is not HttpStatusCode.OK)
                        return false;
                    bundles.Add(i);
                    return true;
                },
                stop.Token
            ),
            .. Enumerable
                .Range(0, Askers)
                .Select(_ =>
                    RepeatAsync(
                        async i =>
                        {
                            var (status, body) = await LookUpAsync(setting, children[i % children.Length]);
                            if (status is not HttpStatusCode.OK)
                                return false;
                            hits.Add(body.GetProperty("id").GetString()!);
                            return true;
                        },
                        stop.Token
                    )
                ),
        ]);

        await MoreAsync();
        await failing.Engine.KillGatewayAsync();
        await failing.Engine.RestartAsync();
        await MoreAsync();
        await failing.Engine.KillDatabaseAsync();
        await failing.Engine.RestartAsync();
        await MoreAsync();
        await Deployment.KillAsync(0);
        await MoreAsync();
        await stop.CancelAsync();
        await working;

        var answered = hits.ToHashSet();
        var recorded = await Recorded.ChildrenAsync(authority);
        answered.Except(recorded.Keys).Should().BeEmpty();
        await Eventually.TrueAsync(
            () => recorded.Untold(answered, receiver.Accesses).Count == 0,
            () => $"{recorded.Untold(answered, receiver.Accesses).Count} children are still to be told of"
        );
        receiver
            .Events.Keys.Order()
            .Should()
            .Equal(Enumerable.Range(1, receiver.Events.Count).Select(n => (long)n), "numbers have no gap");
        var held = (await PlanIdsAsync(uploader)).ToHashSet();
        for (var i = 0; i < uploads.Length; i++)
            uploads[i]
                .Count(child => held.Contains(child.Plans[0].PlanId))
                .Should()
                .BeOneOf(bundles.Contains(i) ? [uploads[i].Length] : [0, uploads[i].Length]);

        async Task MoreAsync()
        {
            var (more, whole) = (hits.Count + 5 * Askers, bundles.Count + 1);
            await Eventually.TrueAsync(
                () => (hits.Count >= more && bundles.Count >= whole) || working.IsFaulted,
                () => "look-ups and uploads are answered"
            );
        }
    }

    private static Task UploadedAsync(Actor authority, SyntheticChild[] children) =>
        Eventually.TrueAsync(async () => await UploadAsync(authority, children) == HttpStatusCode.OK);

    private static Task AnsweredAsync(Actor setting, SyntheticChild child) =>
        Eventually.TrueAsync(async () => (await LookUpAsync(setting, child)).Status == HttpStatusCode.OK);

    private async Task ReadyAsync(HttpStatusCode status)
    {
        foreach (var server in Deployment.Servers)
            await Eventually.TrueAsync(
                async () => await server.ReadyAsync() == status,
                () => $"/health/ready is {status}"
            );
    }

    private void ShouldBeCouldNotCheck((HttpStatusCode Status, JsonElement Body) answer, SyntheticChild child)
    {
        answer
            .Status.Should()
            .Be(
                HttpStatusCode.ServiceUnavailable,
                string.Join('\n', Deployment.Servers.Select(server => server.Output))
            );
        var text = answer.Body.GetRawText();
        text.Should().Contain("WE COULD NOT CHECK. Do not treat as no plan.");
        text.Should().NotContain(child.NhsNumber.Digits).And.NotContain(child.Family).And.NotContain("EpisodeOfCare");
    }

    /// <summary>Over and over, after a pause where it was refused or its connection broke: then it was not answered.</summary>
    private static async Task RepeatAsync(Func<int, Task<bool>> act, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
            if (!await AnsweredAsync(i))
                await Task.Delay(50, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        async Task<bool> AnsweredAsync(int turn)
        {
            try
            {
                return await act(turn);
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException)
            {
                return false;
            }
        }
    }

    private static async Task<HttpStatusCode> UploadAsync(Actor authority, SyntheticChild[] children)
    {
        using var answer = await authority.PostJsonAsync("", SyntheticUpload.Bundle(Authority, children));
        return answer.StatusCode;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> LookUpAsync(
        Actor setting,
        SyntheticChild child
    )
    {
        using var answer = await setting.LookUpAsync(child.NhsNumber.Digits);
        var body = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        return (answer.StatusCode, JsonDocument.Parse(body).RootElement);
    }

    private static async Task<IEnumerable<string>> PlanIdsAsync(Actor authority) =>
        (await authority.ReadAllAsync("EpisodeOfCare?_count=1000")).Select(plan =>
            plan.GetProperty("identifier")[0].GetProperty("value").GetString()!
        );
}
