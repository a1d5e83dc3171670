using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Server.Tests.Notifications;

public sealed class FullResourceTests
{
    private static readonly NotificationOptions Allowed = new() { AllowFullResource = true, Jitter = 0 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_access_stands_in_the_notification_as_the_authority_would_fetch_it()
    {
        await using var engine = await Engine.StartAsync(Allowed);
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender);
        await SubscribeAsync(engine);
        await Engine.RunAsync(dispatcher);
        var told = await engine.LookUpAsync();
        var shared = await LookUpOfTwoAuthoritiesAsync(engine, told);

        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(TimeSpan.FromSeconds(1), dispatcher);

        engine.Failures.Should().BeEmpty();
        var entries = LastEntries(sender);
        entries[0].GetRawText().Should().Contain("\"topic\"");
        entries.Should().HaveCount(3, "the status, and the two accesses of one event");
        foreach (var (entry, id) in entries[1..].Zip([told, shared]))
        {
            var url = $"{Engine.Base}/AuditEvent/{id}";
            entry.GetProperty("fullUrl").GetString().Should().Be(url);
            entry.GetProperty("request").GetRawText().Should().Be($$"""{"method":"GET","url":"{{url}}"}""");
            entry.GetProperty("response").GetProperty("status").GetString().Should().Be("200");
            var occurrence = await engine.Store.ReadOccurrenceAsync(id, Stop);
            var fetched = AuditEventWriter.ToBytes(occurrence!, Engine.Base, Engine.Caller(Engine.Authority));
            entry.GetProperty("resource").GetRawText().Should().Be(Encoding.UTF8.GetString(fetched));
        }

        entries[2].GetRawText().Should().Contain("EpisodeOfCare/e1").And.NotContain("theirs", "it is not ours to see");
    }

    [Fact]
    public async Task Once_the_option_is_off_nothing_but_references_leaves()
    {
        await using var engine = await Engine.StartAsync(Allowed);
        var sender = new ScriptedSender();
        var dispatcher = engine.Dispatcher(sender, Allowed with { AllowFullResource = false });
        await SubscribeAsync(engine);
        await Engine.RunAsync(dispatcher);
        await engine.LookUpAsync();

        await Engine.RunAsync(dispatcher);
        await engine.RunAfterAsync(TimeSpan.FromSeconds(1), dispatcher);

        LastEntries(sender)[1].TryGetProperty("resource", out _).Should().BeFalse();
        Encoding.UTF8.GetString(sender.Sent.Last().Body.Span).Should().NotContain("9990000018");
    }

    private static JsonElement[] LastEntries(ScriptedSender sender) =>
        [.. JsonDocument.Parse(sender.Sent.Last().Body).RootElement.GetProperty("entry").EnumerateArray()];

    private static async Task SubscribeAsync(Engine engine)
    {
        const string Payload = "\"payload\": \"application/fhir+json\"";
        var json = Engine
            .Json("https://hooks.example.org/cpis", "requested", null, 1, "")
            .Replace(
                Payload,
                $$"""
                {{Payload}}, "_payload": { "extension": [{ "url": "{{BackportCanonicals.PayloadContent}}", "valueCode": "full-resource" }] }
                """
            );
        var answer = await engine.Subscriptions.CreateAsync(Engine.Write(Encoding.UTF8.GetBytes(json)), Stop);
        answer.Refusal.Should().BeNull();
    }

    /// <summary>One more access like a known one, that also showed a plan of another authority.</summary>
    private static async Task<string> LookUpOfTwoAuthoritiesAsync(Engine engine, string known)
    {
        var occurrence = (await engine.Store.ReadOccurrenceAsync(known, Stop))!;
        var theirs = new ShownPlan(Engine.OtherAuthority, PlanTypes.LookedAfter, "theirs", 1, "theirs", 1);
        occurrence = occurrence with { Id = engine.Ids.Next(), Shown = [.. occurrence.Shown, theirs] };
        await engine.Store.RecordAsync(occurrence, Stop);
        return occurrence.Id;
    }
}
