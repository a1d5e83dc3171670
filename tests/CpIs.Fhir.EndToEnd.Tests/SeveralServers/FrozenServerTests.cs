using System.Net;
using CpIs.Fhir.Core;
using CpIs.Fhir.EndToEnd.Tests.Processes;
using CpIs.Fhir.Synthetic;
using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.EndToEnd.Tests.SeveralServers;

/// <summary>
/// Of two servers on one database one is frozen in the middle of a delivery, for longer than its lease, as on a host that is paused: the other goes
/// on in its place, and the first, when it wakes, undoes and repeats nothing (promises 3 and 4).
/// </summary>
[Trait(Proof.Long, "true")]
public sealed class FrozenServerTests
{
    /// <summary>The shortest that the options allow.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task What_a_frozen_server_had_in_hand_is_delivered_by_the_other_and_not_by_it()
    {
        var found = await MongoEngine.FindAsync();
        Assert.SkipWhen(found.Engine is null, found.WhyNone);
        await using var database = new MongoDatabase();
        await database.InitializeAsync();
        await using var deployment = await Deployment.StartAsync(
            found.Engine!.ConnectionString,
            database.Name,
            new Dictionary<string, string> { ["CPIS__Notifications__Lease"] = Lease.ToString() }
        );
        var children = Children.Of(400_000, 30);
        using var authority = await deployment.SignInAsync("authority-xhf01");
        using (
            var uploaded = await authority.PostJsonAsync("", SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), children))
        )
            uploaded.StatusCode.Should().Be(HttpStatusCode.OK);
        await using var receiver = await Receiver.StartAsync();
        await receiver.SubscribeAsync(authority);
        var settings = await deployment.SignInAtEachAsync("hareford-ed-doctor");

        var (frozen, other) = (deployment.Servers[0], deployment.Servers[1]);
        var answer = new TaskCompletionSource();
        receiver.Hold = answer.Task;
        // While the other stands still, it must be this one that has the notice in hand.
        other.Freeze();
        try
        {
            await LookUpAsync(settings[0], children[..10]);
            await Eventually.TrueAsync(() => receiver.Events.ContainsKey(1), () => "the first notice is on its way");
            frozen.Freeze();
            other.Thaw();
            await LookUpAsync(settings[1], children[10..20]);
            receiver.Hold = null;
            answer.SetResult();
            await Eventually.TrueAsync(
                () => receiver.Events.Count == 20,
                () => $"20 children are told of by the server that runs, not {receiver.Events.Count}"
            );
        }
        finally
        {
            other.Thaw();
            frozen.Thaw();
        }

        var before = receiver.Deliveries.ToDictionary();
        await LookUpAsync(settings[0], children[20..25]);
        await LookUpAsync(settings[1], children[25..]);
        await Eventually.TrueAsync(() => receiver.Events.Count == 30, () => $"30, not {receiver.Events.Count}");

        before[1].Should().Be(2, "the frozen server had it in hand, so that the other sent it once more");
        foreach (var (number, times) in before)
            receiver
                .Deliveries[number]
                .Should()
                .Be(times, "the server that woke sends nothing that the other has sent");
        receiver.Events.Keys.Order().Should().Equal(Enumerable.Range(1, 30).Select(n => (long)n));
        receiver.Accesses.Should().OnlyHaveUniqueItems();
        var recorded = await Recorded.ChildrenAsync(authority);
        recorded.Untold(recorded.Keys, receiver.Accesses).Should().BeEmpty();
    }

    private static async Task LookUpAsync(Actor setting, IEnumerable<SyntheticChild> children)
    {
        foreach (var child in children)
            using (var answer = await setting.LookUpAsync(child.NhsNumber.Digits))
                answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }
}
