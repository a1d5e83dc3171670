using System.Text;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Restores;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>
/// A disk is lost, an older copy restored: whatever receivers were sent in between, no number and no webhook-id of it is used for another access.
/// </summary>
public sealed class RestoredTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_number_and_no_webhook_id_of_the_lost_time_is_used_for_another_access()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, id) = await engine.ActiveAsync();
        await engine.LookUpAsync(Child(1));
        await engine.LookUpAsync(Child(2));
        await RunAsync(engine, dispatcher);
        // In the copy, but numbered and sent after it was made.
        var owed = await engine.LookUpAsync(Child(3));
        var restore = await engine.CopyAsync();
        await engine.LookUpAsync(Child(4));
        await engine.LookUpAsync(Child(5));
        await RunAsync(engine, dispatcher);
        Numbers(sender).Should().Equal(1, 2, 3, 4, 5);

        var outcome = await restore();
        var after = engine.Dispatcher(sender);
        var news = new[] { await engine.LookUpAsync(Child(6)), await engine.LookUpAsync(Child(7)) };
        await RunAsync(engine, after);

        outcome.Subscriptions.Single().LastKept.Should().Be(2);
        Numbers(sender).Skip(5).Should().Equal(1_000_002, 1_000_003, 1_000_004);
        Told(sender).Skip(5).Select(told => told.Accesses).Should().BeEquivalentTo([owed, .. news]);
        foreach (var same in Told(sender).GroupBy(told => told.Number))
            same.Select(told => told.Accesses).Distinct().Should().ContainSingle("number {0}", same.Key);
        foreach (var same in Told(sender).GroupBy(told => told.Id))
            same.Distinct().Should().ContainSingle("webhook-id {0}", same.Key);
        engine.Failures.Should().BeEmpty();
        var gaps = await engine.Store.ReadGapsAsync(id, Stop);
        gaps.Should().Equal(new NumberingGap(3, 1_000_001, outcome.Subscriptions.Single().Gap.Told));
    }

    [Fact]
    public async Task The_jump_is_in_the_status_before_the_next_event()
    {
        await using var engine = await Engine.StartAsync();
        var (_, dispatcher, id) = await engine.ActiveAsync();
        await engine.LookUpAsync();
        await RunAsync(engine, dispatcher);
        var restore = await engine.CopyAsync();

        await restore();

        var status = await engine.Subscriptions.ReadStandingAsync(Engine.Caller(Engine.Authority), id, Stop);
        status.Value.EventCount.Should().Be(RestoreTerms.UsualJump);
    }

    [Fact]
    public async Task Who_asks_for_numbers_of_the_lost_time_is_told_where_they_went()
    {
        await using var engine = await Engine.StartAsync();
        var (_, dispatcher, id) = await engine.ActiveAsync();
        await engine.LookUpAsync();
        await RunAsync(engine, dispatcher);
        var restore = await engine.CopyAsync();
        await restore();
        var events = new SubscriptionEvents(
            engine.Subscriptions,
            engine.Store,
            engine.Store,
            new NotificationBundle(() => Engine.Base),
            engine.Options,
            engine.Ids,
            engine.Time
        );

        (await ReadAsync(1, 1)).Should().NotContain("outcome");
        (await ReadAsync(1, 9)).Should().Contain("Numbers 2 to 1000000 tell of nothing here");
        (await ReadAsync(1_000_001, 1_000_009)).Should().NotContain("outcome");

        async Task<string> ReadAsync(long first, long last) =>
            Encoding.UTF8.GetString(
                (
                    await events.ReadAsync(
                        Engine.Caller(Engine.Authority),
                        id,
                        new EventsAsked(first, last, null, 10, TimeSpan.Zero),
                        "self",
                        Engine.Base,
                        _ => Task.CompletedTask,
                        CancellationToken.None,
                        Stop
                    )
                ).Value
            );
    }

    [Fact]
    public async Task What_the_copy_had_not_yet_delivered_is_sent_again_as_the_repeat_that_it_is()
    {
        await using var engine = await Engine.StartAsync();
        var (sender, dispatcher, _) = await engine.ActiveAsync();
        sender.Answer = _ => Task.FromResult(ScriptedSender.Http(503));
        await engine.LookUpAsync();
        await RunAsync(engine, dispatcher);
        var restore = await engine.CopyAsync();
        sender.Answer = _ => Task.FromResult(ScriptedSender.Ok);
        await engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);

        await restore();
        await engine.RunAfterAsync(TimeSpan.FromHours(1), engine.Dispatcher(sender));

        Told(sender).Should().HaveCount(3);
        Told(sender).Distinct().Should().ContainSingle();
    }

    private static string Child(int i) => $"55500000000{i}";

    /// <summary>Once what is new is no longer too new.</summary>
    private static async Task RunAsync(Engine engine, Dispatcher dispatcher)
    {
        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(engine.Options.Quiet, dispatcher);
    }

    private static IEnumerable<long> Numbers(ScriptedSender sender) => Told(sender).Select(told => told.Number);

    private static List<(string Id, long Number, string Accesses)> Told(ScriptedSender sender) =>
        [
            .. sender.Events.SelectMany(sent =>
                sent.Notification.Events.Select(told =>
                    (sent.Id, told.Number, string.Join(',', told.References.Select(r => r.Split('/')[^1])))
                )
            ),
        ];
}
