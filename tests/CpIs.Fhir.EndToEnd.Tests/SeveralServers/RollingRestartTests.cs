using System.Net;
using CpIs.Fhir.Core;
using CpIs.Fhir.EndToEnd.Tests.Processes;
using CpIs.Fhir.Synthetic;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.EndToEnd.Tests.SeveralServers;

/// <summary>Servers are stopped and started one after the other under load, as an upgrade does it (promises 1 and 3).</summary>
[Trait(Proof.Long, "true")]
[Collection(SharedDeployment.Name)]
public sealed class RollingRestartTests(SharedDeployment shared)
{
    private static readonly int LookUps = Proof.Of(everyDay: 600, inFull: 6_000);

    [Fact]
    public async Task It_loses_no_look_up_that_was_answered_and_answers_each_that_is_sent_again()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var children = Children.Of(200_000, 100);
        using var authority = await shared.Deployment.SignInAsync("authority-xnw04");
        using (
            var uploaded = await authority.PostJsonAsync("", SyntheticUpload.Bundle(OdsCode.Parse("XNW04"), children))
        )
            uploaded.StatusCode.Should().Be(HttpStatusCode.OK);
        await using var receiver = await Receiver.StartAsync();
        await receiver.SubscribeAsync(authority);
        using var setting = await shared.Deployment.SignInAsync("hareford-ed-doctor");
        var load = new SteadyLoad(setting, [.. children.Select(child => child.NhsNumber.Digits)]);

        var running = load.RunAsync(LookUps, cancellation);
        for (var server = 0; server < Deployment.Count; server++)
        {
            var enough = (server + 1) * LookUps / (Deployment.Count + 2);
            await Eventually.TrueAsync(
                () => load.Answered.Count >= enough || running.IsFaulted,
                () => "look-ups are answered"
            );
            await shared.Deployment.RestartAsync(server);
        }

        await running;

        load.Answered.Should().HaveCount(LookUps);
        var recorded = await Recorded.ChildrenAsync(authority);
        load.Answered.Values.Except(recorded.Keys).Should().BeEmpty("each answer is on record");
        await Eventually.TrueAsync(
            () => recorded.Untold(load.Answered.Values, receiver.Accesses).Count == 0,
            () => $"{recorded.Untold(load.Answered.Values, receiver.Accesses).Count} children are still to be told of"
        );
        receiver
            .Events.Keys.Order()
            .Should()
            .Equal(Enumerable.Range(1, receiver.Events.Count).Select(n => (long)n), "numbers have no gap");
        TestContext.Current.SendDiagnosticMessage(
            $"{LookUps} look-ups over {Deployment.Count} restarts, {load.Repeats} sent again."
        );
    }
}
