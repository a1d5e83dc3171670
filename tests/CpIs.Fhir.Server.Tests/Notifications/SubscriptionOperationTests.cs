using System.Net;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>Bounds and records of what an authority asks of one Subscription.</summary>
public sealed class SubscriptionOperationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_tests_of_an_authority_are_under_way_at_most_and_one_that_ends_makes_room()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var exchange = await Exchange.StartAsync();
        var id = await exchange.Engine.SubscribeAsync(receiver.Url);
        var others = await exchange.Engine.SubscribeAsync(receiver.Url, Engine.OtherAuthority);
        await Eventually.TrueAsync(() => receiver.Posts.Count == 2);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answer = (_, _) => go.Task;
        var operations = exchange.Services.GetRequiredService<SubscriptionOperations>();
        Task<Result<SendOutcome>> TestAsync(OdsCode authority, string which) =>
            operations.TestAsync(Engine.Caller(authority), which, Stop);

        Task<Result<SendOutcome>>[] under = [TestAsync(Engine.Authority, id), TestAsync(Engine.Authority, id)];
        await Eventually.TrueAsync(() => receiver.Posts.Count == 4);
        var third = (await TestAsync(Engine.Authority, id)).Refusal!;
        (third.Kind, third.RetryAfter).Should().Be((RefusalKind.TooMany, TimeSpan.FromSeconds(30)));
        receiver.Posts.Should().HaveCount(4, "it sent nothing");
        var another = TestAsync(Engine.OtherAuthority, others);
        await Eventually.TrueAsync(() => receiver.Posts.Count == 5);

        go.SetResult();
        foreach (var test in under.Append(another))
            (await test).Value.Result.Should().Be(SendResult.Accepted);
        (await TestAsync(Engine.Authority, id)).Value.Result.Should().Be(SendResult.Accepted);
    }

    [Fact]
    public async Task A_poll_is_answered_with_what_there_is_when_the_server_stops()
    {
        await using var exchange = await Exchange.StartAsync();
        var id = await exchange.Engine.CreateAsync(Engine.InboxJson());
        var poll = exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/$events?wait=30");
        var idle = await Task.WhenAny(poll, Task.Delay(TimeSpan.FromMilliseconds(500), Stop));
        idle.Should().NotBe(poll, "it waits");

        exchange.Stop();
        var (response, bundle) = await poll.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        bundle.GetProperty("entry").GetArrayLength().Should().Be(1, "the status alone");
    }

    [Fact]
    public async Task Whole_accesses_are_on_record_before_they_are_shown_and_references_are_not()
    {
        await using var exchange = await Exchange.StartAsync(
            new NotificationOptions
            {
                AllowFullResource = true,
                AllowLoopbackHttp = true,
                Jitter = 0,
            }
        );
        const string Payload = "\"payload\": \"application/fhir+json\"";
        var json = Engine
            .InboxJson()
            .Replace(
                Payload,
                $$"""
                {{Payload}}, "_payload": { "extension": [{ "url": "{{BackportCanonicals.PayloadContent}}", "valueCode": "full-resource" }] }
                """
            );
        var id = await exchange.Engine.CreateAsync(json);
        var access = await exchange.Engine.LookUpAsync();
        await Eventually.TrueAsync(async () =>
            (await exchange.Engine.Store.ReadEventsAsync(id, 1, 9, 9, Stop)).Count == 1
        );

        await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/$events?content=id-only");
        (await ReadsAsync(exchange)).Should().BeEmpty("a reference shows no child");
        var (response, bundle) = await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/$events");
        response.StatusCode.Should().Be(HttpStatusCode.OK, bundle.GetRawText());
        bundle.GetRawText().Should().Contain("9990000018");

        var read = (await ReadsAsync(exchange)).Should().ContainSingle().Subject;
        read.Interaction.Should().Be($"Subscription/{id}/$events");
        read.Seen.Should().Equal($"AuditEvent/{access}");
        read.Child!.Value.Digits.Should().Be("9990000018");
        read.Organisation.Should().Be(Engine.Authority);
    }

    private static async Task<IReadOnlyList<Occurrence>> ReadsAsync(Exchange exchange) =>
        (
            await exchange.Engine.Store.SearchOccurrencesAsync(new OccurrenceQuery { Kind = OccurrenceKind.Read }, Stop)
        ).Items;
}
