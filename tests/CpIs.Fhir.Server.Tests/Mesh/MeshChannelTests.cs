using System.Text;
using System.Xml.Linq;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Mesh;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Tests.Notifications;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Mesh;

/// <summary>
/// An authority that is told through MESH: nothing but the acknowledgement of the recipient settles (promise 3), over a real store, real HTTP and a clock that stands
/// still.
/// </summary>
public sealed class MeshChannelTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private Engine _engine = null!;
    private MeshStub _stub = null!;
    private MeshTransport _transport = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await Engine.StartAsync(mesh: MeshClients.Options);
        _stub = await MeshStub.StartAsync(_engine.Time);
        _transport = _stub.Transport(_engine.Time);
        _engine.MeshTransport = _transport;
    }

    public async ValueTask DisposeAsync()
    {
        _engine.Failures.Should().BeEmpty();
        _transport.Dispose();
        await _stub.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task A_notice_settles_when_tracking_says_that_the_recipient_has_acknowledged_it()
    {
        var (dispatcher, id) = await ActiveAsync();
        var access = await _engine.LookUpAsync();
        await TellAsync(dispatcher);

        var sent = _stub.Sent.Should().ContainSingle().Subject;
        sent.Status.Should().Be("accepted");
        (sent.To, sent.Workflow).Should().Be((MeshStub.Authority, MeshStub.Workflow));
        sent.Headers.Values.Should().NotContain(value => value.Contains("9990000018", StringComparison.Ordinal));
        (await OpenAsync()).Should().Be(1, "202 settles nothing");

        await _engine.RunAfterAsync(Minute, dispatcher);
        Looks().Should().Be(1);
        (await OpenAsync()).Should().Be(1);

        var notice = XDocument.Load(new MemoryStream((await _stub.FetchAllAsync(_engine.Time)).Single()));
        notice.ToString().Should().Contain("9990000018").And.Contain(access.ToUpperInvariant());
        await _engine.RunAfterAsync(4 * Minute, dispatcher);
        (await OpenAsync()).Should().Be(1, "nobody has asked yet: the next look is five minutes after the first");
        await _engine.RunAfterAsync(Minute, dispatcher);
        Looks().Should().Be(2);
        (await OpenAsync()).Should().Be(0);
        (await EventsAsync(id)).Should().ContainSingle().Which.Delivered.Should().NotBeNull();
        await _engine.RunAfterAsync(TimeSpan.FromDays(1), dispatcher);
        _stub.Sent.Should().ContainSingle();
        Looks().Should().Be(2);
    }

    [Fact]
    public async Task A_notice_names_the_authoritys_own_id_of_the_child_where_it_has_sent_one()
    {
        var (dispatcher, _) = await ActiveAsync();
        var patient = new StoredResource
        {
            Type = RecordType.Patient,
            Id = "p1",
            Version = 1,
            LastUpdated = _engine.Time.GetUtcNow(),
            Authority = Engine.Authority,
            Body = Encoding.UTF8.GetBytes(
                $$"""
                {
                  "resourceType": "Patient",
                  "identifier": [
                    { "system": "{{FhirSystems.NhsNumber}}", "value": "9990000018" },
                    { "system": "{{FhirSystems.LocalPersonId(Engine.Authority)}}", "value": "LOCAL-7" }
                  ]
                }
                """
            ),
            Tokens = [SearchTokens.Identifier("identifier", FhirSystems.NhsNumber, "9990000018")],
        };
        await _engine.Store.CommitAsync(new Commit { Changes = [new Change(patient, 0)] }, Stop);
        await _engine.LookUpAsync();
        await TellAsync(dispatcher);
        Encoding.UTF8.GetString(_stub.Sent.Single().Whole).Should().Contain("extension=\"LOCAL-7\"");
    }

    [Fact]
    public async Task An_event_that_cannot_be_told_keeps_no_other_waiting_and_stays_open()
    {
        var (_, id) = await ActiveAsync();
        string? unreadable = null;
        _engine.MeshTransport = new Altered(
            _transport,
            (message, send) =>
                (unreadable ??= message.LocalId) == message.LocalId
                    ? Task.FromResult(
                        new SendOutcome(SendResult.Failed, null, DeliveryError.NoResponse("x")) { IsOfTheEvent = true }
                    )
                    : send()
        );
        await _engine.LookUpAsync("555000000001");
        await _engine.LookUpAsync("555000000002");
        await TellAsync(_engine.Dispatcher(new ScriptedSender()));
        _stub.Sent.Should().ContainSingle();
        _engine.Asides.Should().Equal((id, 1));
        (await OpenAsync()).Should().Be(2);

        unreadable = "none";
        await _engine.RunAfterAsync(TimeSpan.FromHours(1), _engine.Dispatcher(new ScriptedSender()));
        _stub.Sent.Should().HaveCount(2, "it is tried each hour");
        await _stub.FetchAllAsync(_engine.Time);
        await _engine.RunAfterAsync(TimeSpan.FromHours(1), _engine.Dispatcher(new ScriptedSender()));
        (await OpenAsync()).Should().Be(0);
    }

    [Fact]
    public async Task What_nobody_acknowledges_is_never_settled_and_is_asked_about_ever_more_rarely()
    {
        var (dispatcher, id) = await ActiveAsync();
        await _engine.LookUpAsync();
        await TellAsync(dispatcher);
        var looks = new List<int>();
        for (var minute = 1; minute <= 24 * 60; minute++)
        {
            await _engine.RunAfterAsync(Minute, dispatcher);
            if (Looks() > looks.Count)
                looks.Add(minute);
        }

        looks.Take(5).Should().Equal(1, 6, 21, 51, 81);
        looks.Should().HaveCountLessThan(52);
        _stub.Sent.Should().ContainSingle();
        (await OpenAsync()).Should().Be(1);
        (await _engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Active);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_that_comes_back_is_sent_again_as_a_new_one(bool trackingSaysSo)
    {
        var (dispatcher, id) = await ActiveAsync();
        await _engine.LookUpAsync();
        await TellAsync(dispatcher);
        var first = _stub.Sent.Single();
        if (trackingSaysSo)
            _stub.GiveUp(first);
        else
            _stub.Report(first, "14");

        await _engine.RunAfterAsync(Minute, dispatcher);
        (await OpenAsync()).Should().Be(1);
        _stub.Sent.Should().ContainSingle("it rests by the schedule first");
        _engine
            .Attempts.Last()
            .Outcome.Error.Should()
            .Be("error-response: returned, nobody collected it in time (MESH code 14)");
        _stub
            .Messages.Values.Single(m => m.Type == "REPORT")
            .Status.Should()
            .Be("acknowledged", "it has been dealt with");

        await _engine.RunAfterAsync(TimeSpan.FromSeconds(6), dispatcher);
        _stub.Sent.Should().HaveCount(2);
        var second = _stub.Sent.Last();
        second.Headers["mex-localid"].Should().Be(first.Headers["mex-localid"]);
        second.Headers["mex-subject"].Should().Be(first.Headers["mex-subject"]);
        // It is the mailbox that has to be well again, and not only the way to MESH.
        (await LedgerAsync(id))
            .Failures.Should()
            .Be(1);

        await _stub.FetchAllAsync(_engine.Time);
        await _engine.RunAfterAsync(Minute, dispatcher);
        (await OpenAsync()).Should().Be(0);
        (await LedgerAsync(id)).Failures.Should().Be(0);
    }

    [Fact]
    public async Task What_comes_back_for_long_makes_the_Subscription_an_error_and_is_tried_on()
    {
        var (dispatcher, id) = await ActiveAsync();
        await _engine.LookUpAsync();
        await TellAsync(dispatcher);
        for (var i = 0; i < 30; i++)
        {
            foreach (var message in _stub.Sent.Where(m => m.Status == "accepted"))
                _stub.GiveUp(message);
            await _engine.RunAfterAsync(2 * Minute, dispatcher);
        }

        (await _engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Error);
        _stub.Sent.Count().Should().BeInRange(4, 12, "the schedule grows although each is accepted first");
        await _engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        await _stub.FetchAllAsync(_engine.Time);
        await _engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        await _stub.FetchAllAsync(_engine.Time);
        await _engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        (await OpenAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_message_that_comes_back_again_and_again_holds_up_no_other()
    {
        var (dispatcher, id) = await ActiveAsync();
        await _engine.LookUpAsync("555000000001");
        await TellAsync(dispatcher);
        var poison = _stub.Sent.Single().Headers["mex-localid"];
        await ReturnAsync(hours: 4);
        _engine.Asides.Should().Equal([(id, 1)], "it is one alarm, however often it comes back");
        Tries().Should().BeInRange(7, 12, "it is tried by the schedule, at last hourly");

        await _engine.LookUpAsync("555000000002");
        await TellAsync(dispatcher);
        var other = _stub.Sent.Should().ContainSingle(m => m.Headers["mex-localid"] != poison).Subject;
        using var authority = _stub.Client(MeshStub.Authority, _engine.Time);
        (await authority.AcknowledgeAsync(other.Id, Stop)).IsSuccess.Should().BeTrue();
        await _engine.RunAfterAsync(Minute, dispatcher);
        (await OpenAsync()).Should().Be(1);
        (await LedgerAsync(id)).Failures.Should().Be(0, "the mailbox is well");

        var before = Tries();
        await ReturnAsync(hours: 4);
        (Tries() - before).Should().BeInRange(3, 5, "that others are taken makes it no more frequent");
        _engine.Asides.Should().HaveCount(1);
        await _engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        await _stub.FetchAllAsync(_engine.Time);
        await _engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        (await OpenAsync()).Should().Be(0);
        (await EventsAsync(id)).Should().OnlyContain(told => told.Delivered != null);

        int Tries() => _stub.Sent.Count(m => m.Headers["mex-localid"] == poison);

        async Task ReturnAsync(int hours)
        {
            for (var minute = 0; minute < hours * 60; minute++)
            {
                foreach (
                    var sent in _stub.Sent.Where(m => m.Status == "accepted" && m.Headers["mex-localid"] == poison)
                )
                    _stub.GiveUp(sent);
                await _engine.RunAfterAsync(Minute, dispatcher);
            }
        }
    }

    [Fact]
    public async Task While_MESH_does_not_say_what_became_of_a_message_the_next_is_sent()
    {
        var (dispatcher, id) = await ActiveAsync();
        await _engine.LookUpAsync("555000000001");
        await TellAsync(dispatcher);
        _stub.Fault = context =>
            context.Request.Path.Value!.EndsWith("/tracking", StringComparison.Ordinal) ? 503 : null;
        await _engine.LookUpAsync("555000000002");
        await Engine.RunAsync(dispatcher);
        await _engine.RunAfterAsync(Minute, dispatcher);

        Looks().Should().Be(1, "the others that are due are not asked about either");
        _stub.Sent.Should().HaveCount(2);
        (await OpenAsync()).Should().Be(2);
        (await LedgerAsync(id)).Failures.Should().Be(0, "sending has not failed");

        _stub.Fault = _ => null;
        await _stub.FetchAllAsync(_engine.Time);
        await _engine.RunAfterAsync(5 * Minute, dispatcher);
        (await OpenAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_report_that_nothing_waits_for_is_logged_and_leaves_the_mailbox_within_a_day()
    {
        using var logs = new CollectedLogs();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs));
        using var transport = _stub.Transport(_engine.Time, factory.CreateLogger<MeshTransport>());
        _engine.MeshTransport = transport;
        var (dispatcher, _) = await ActiveAsync();
        await _engine.LookUpAsync();
        await TellAsync(dispatcher); // While something is under way, the mailbox is read.
        var stray = _stub.Report(
            new StubMessage
            {
                Id = "of-before-a-restore",
                From = MeshStub.Exchange,
                To = MeshStub.Authority,
                Headers = new Dictionary<string, string> { ["mex-workflowid"] = MeshStub.Workflow },
                Chunks = 1,
            },
            "14"
        );

        for (var hour = 0; hour < 23; hour++)
            await _engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        stray.Status.Should().Be("accepted", "another server may know of its message");
        for (var hour = 0; hour < 3; hour++)
            await _engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        stray.Status.Should().Be("acknowledged");
        logs.Text.Should().Contain($"MESH report {stray.Id} says that message of-before-a-restore was not delivered");
        (await OpenAsync()).Should().Be(1);
    }

    [Fact]
    public async Task Each_event_has_its_own_message_and_exactly_what_was_acknowledged_is_settled()
    {
        var (dispatcher, id) = await ActiveAsync();
        for (var person = 1; person <= 3; person++)
            await _engine.LookUpAsync($"55500000000{person}");
        await TellAsync(dispatcher);
        _stub.Sent.Should().HaveCount(3);

        using var authority = _stub.Client(MeshStub.Authority, _engine.Time);
        (await authority.AcknowledgeAsync(_stub.Sent.ElementAt(1).Id, Stop)).IsSuccess.Should().BeTrue();
        await _engine.RunAfterAsync(Minute, dispatcher);
        (await EventsAsync(id)).Select(e => e.Delivered is not null).Should().Equal(false, true, false);
        (await OpenAsync()).Should().Be(2);

        // A new one is not kept waiting by those that nobody fetches.
        await _engine.LookUpAsync("555000000004");
        await TellAsync(dispatcher);
        _stub.Sent.Should().HaveCount(4);
        await _stub.FetchAllAsync(_engine.Time);
        await _engine.RunAfterAsync(15 * Minute, dispatcher);
        (await OpenAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_restart_goes_on_asking_and_sends_nothing_again()
    {
        var (dispatcher, _) = await ActiveAsync();
        await _engine.LookUpAsync();
        await TellAsync(dispatcher);
        await _engine.RestartAsync();
        var after = _engine.Dispatcher(new ScriptedSender());
        await _engine.RunAfterAsync(Minute, after);
        Looks().Should().Be(1);
        await _stub.FetchAllAsync(_engine.Time);
        await _engine.RestartAsync();
        await _engine.RunAfterAsync(5 * Minute, _engine.Dispatcher(new ScriptedSender()));
        (await OpenAsync()).Should().Be(0);
        _stub.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task A_crash_between_sending_and_keeping_repeats_the_same_and_loses_nothing()
    {
        var (_, _) = await ActiveAsync();
        _engine.MeshTransport = new Altered(
            _transport,
            async (_, send) =>
            {
                await send();
                throw new InvalidOperationException("crash");
            }
        );
        await _engine.LookUpAsync();
        await TellAsync(_engine.Dispatcher(new ScriptedSender()));
        _engine.Failures.TryDequeue(out var crash).Should().BeTrue();
        crash.Should().BeOfType<InvalidOperationException>();
        _stub.Sent.Should().ContainSingle();

        _engine.MeshTransport = _transport;
        var after = _engine.Dispatcher(new ScriptedSender());
        await _engine.RunAfterAsync(_engine.Options.Lease, after);
        _stub.Sent.Should().HaveCount(2);
        _stub.Sent.Select(m => m.Headers["mex-localid"]).Distinct().Should().ContainSingle();
        (await OpenAsync()).Should().Be(1);
        await _stub.FetchAllAsync(_engine.Time);
        await _engine.RunAfterAsync(Minute, after);
        (await OpenAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Two_dispatchers_send_each_notice_once_and_settle_it_once()
    {
        var (one, id) = await ActiveAsync();
        var other = _engine.Dispatcher(new ScriptedSender());
        for (var person = 1; person <= 6; person++)
            await _engine.LookUpAsync($"55500000000{person}");
        await Engine.RunAsync(one);
        _engine.Time.Advance(Minute / 2);
        await Task.WhenAll(Engine.RunAsync(one), Engine.RunAsync(other));
        _stub.Sent.Should().HaveCount(6);
        await _stub.FetchAllAsync(_engine.Time);
        _engine.Time.Advance(Minute);
        await Task.WhenAll(Engine.RunAsync(one), Engine.RunAsync(other));
        await Engine.RunAsync(one);
        (await OpenAsync()).Should().Be(0);
        _stub.Sent.Should().HaveCount(6);
        (await EventsAsync(id)).Should().OnlyContain(told => told.Delivered != null);
        Looks().Should().Be(6);
    }

    [Fact]
    public async Task While_MESH_is_away_nothing_is_lost_and_nothing_that_is_under_way_is_sent_again()
    {
        var (dispatcher, id) = await ActiveAsync();
        await _engine.LookUpAsync("555000000001");
        await TellAsync(dispatcher);
        _stub.Fault = _ => 503;
        await _engine.LookUpAsync("555000000002");
        for (var minute = 0; minute < 30; minute++)
            await _engine.RunAfterAsync(Minute, dispatcher);
        _stub.Sent.Should().ContainSingle();
        (await _engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Error);

        _stub.Fault = _ => null;
        await _engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        _stub.Sent.Should().HaveCount(2);
        await _stub.FetchAllAsync(_engine.Time);
        await _engine.RunAfterAsync(TimeSpan.FromHours(1), dispatcher);
        (await OpenAsync()).Should().Be(0);
        _stub.Sent.Should().HaveCount(2);
    }

    [Fact]
    public async Task Only_the_mailbox_that_the_operator_lists_for_an_authority_is_taken()
    {
        await RefusedAsync("mesh:X26ABC1", "The endpoint must be the mailbox that the operator has listed");
        await RefusedAsync("mesh:x26abc2", "The endpoint must be");
        await RefusedAsync("https://hooks.example.org/", "A channel must be");
        var other = await _engine.Subscriptions.CreateAsync(
            Engine.Write(Encoding.UTF8.GetBytes(Engine.MeshJson()), Engine.OtherAuthority),
            Stop
        );
        other
            .Refusal!.Issues.Should()
            .ContainSingle(issue => issue.Diagnostics!.StartsWith("The operator has listed no MESH mailbox"));

        // And once it is listed no more, nothing is sent into it.
        var (_, id) = await ActiveAsync();
        _engine.Mesh = MeshClients.Options with { Mailboxes = new Dictionary<string, string>() };
        await _engine.LookUpAsync();
        await TellAsync(_engine.Dispatcher(new ScriptedSender()));
        _stub.Sent.Should().BeEmpty();
        (await OpenAsync()).Should().Be(1);
        (await LedgerAsync(id)).LastError.Should().Contain("does not list this mailbox");
    }

    [Fact]
    public async Task A_mailbox_that_MESH_does_not_know_ends_the_handshake_in_error()
    {
        _stub.Mailboxes[MeshStub.Authority] = "XOT01";
        var id = await _engine.CreateAsync(Engine.MeshJson());
        await Engine.RunAsync(_engine.Dispatcher(new ScriptedSender()));
        (await _engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Error);
        Encoding
            .UTF8.GetString((await _engine.ReadAsync(id)).Body.Span)
            .Should()
            .Contain("Handshake: error-response: MESH knows no such mailbox");
    }

    [Fact]
    public async Task A_Subscription_that_is_read_can_be_sent_back()
    {
        var (_, id) = await ActiveAsync();
        var read = Encoding.UTF8.GetString((await _engine.ReadAsync(id)).Body.Span);
        read.Should().Contain("\"mesh:X26ABC2\"");
        var again = await _engine.Subscriptions.UpdateAsync(
            id,
            null,
            Engine.Write(Encoding.UTF8.GetBytes(read.Replace("\"active\"", "\"off\""))),
            Stop
        );
        again.Refusal.Should().BeNull();
    }

    private async Task<(Dispatcher Dispatcher, string Id)> ActiveAsync()
    {
        var dispatcher = _engine.Dispatcher(new ScriptedSender());
        var id = await _engine.CreateAsync(Engine.MeshJson());
        await Engine.RunAsync(dispatcher);
        (await _engine.StatusAsync(id)).Should().Be(SubscriptionStatus.Active);
        return (dispatcher, id);
    }

    /// <summary>What happened gets its number, and when it is no longer too new it is sent.</summary>
    private async Task TellAsync(Dispatcher dispatcher)
    {
        await Engine.RunAsync(dispatcher);
        await _engine.RunAfterAsync(Minute / 2, dispatcher);
    }

    private async Task RefusedAsync(string endpoint, string start)
    {
        var answer = await _engine.Subscriptions.CreateAsync(
            Engine.Write(Encoding.UTF8.GetBytes(Engine.MeshJson(endpoint))),
            Stop
        );
        answer.Refusal!.Kind.Should().Be(RefusalKind.Rule);
        answer.Refusal.Issues.Should().Contain(issue => issue.Diagnostics!.StartsWith(start));
    }

    private int Looks() => _stub.Requests.Count(request => request.EndsWith("/tracking", StringComparison.Ordinal));

    private async Task<long> OpenAsync() =>
        (await _engine.Store.ReadOpenObligationsAsync(Engine.Authority, Stop)).Count;

    private Task<IReadOnlyList<NotificationEvent>> EventsAsync(string id) =>
        _engine.Store.ReadEventsAsync(id, 1, 100, 100, Stop);

    private Task<SubscriptionLedger> LedgerAsync(string id) => _engine.Store.ReadLedgerAsync(id, Stop);

    /// <summary>MESH, but for what happens to sending.</summary>
    private sealed class Altered(
        IMeshTransport inner,
        Func<MeshMessage, Func<Task<SendOutcome>>, Task<SendOutcome>> send
    ) : IMeshTransport
    {
        public Task<SendOutcome> HandshakeAsync(OdsCode authority, string mailbox, CancellationToken cancellation) =>
            inner.HandshakeAsync(authority, mailbox, cancellation);

        public Task<SendOutcome> SendAsync(MeshMessage message, CancellationToken cancellation) =>
            send(message, () => inner.SendAsync(message, cancellation));

        public Task<MeshStanding> TrackAsync(string messageId, CancellationToken cancellation) =>
            inner.TrackAsync(messageId, cancellation);

        public Task DropReportAsync(MeshStanding returned, CancellationToken cancellation) =>
            inner.DropReportAsync(returned, cancellation);
    }
}
