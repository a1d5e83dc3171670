using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.FhirPath;

namespace CpIs.Fhir.Core.Tests.Notifications;

public sealed class NotificationBundleTests
{
    private const string Base = "https://cpis.example/FHIR/R4";
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-20T22:14:08.02Z");
    private static readonly NotificationBundle Writer = new(() => Base);

    private static readonly NotificationEvent Event = new("s1", 7, Now.AddSeconds(-1), ["a1", "a2"], null);

    private static readonly SubscriptionStanding Standing = new(
        "s1",
        SubscriptionStatus.Active,
        PayloadContent.IdOnly,
        9,
        null
    );

    /// <summary>a2 is not among them, as if it were gone: it is told by reference.</summary>
    private static readonly NotifiedAccesses Accesses = new(
        new Caller("", OdsCode.Parse("XHF01"), "", CallerKind.Authority, null, [], []),
        new Dictionary<string, Occurrence>
        {
            ["a1"] = new Occurrence
            {
                Id = "a1",
                Kind = OccurrenceKind.Access,
                Time = Now,
                ClientId = "ed",
                Organisation = OdsCode.Parse("XED01"),
                OrganisationName = "An emergency department",
                CallerKind = CallerKind.Setting,
                Person = new Core.Callers.Person("555000000001", null, "R8000", "Clinician", "Dr Test"),
                Interaction = "Flag",
                Child = NhsNumber.Parse("9990000018"),
                Mode = LookUpMode.Unscheduled,
                Outcome = AccessOutcome.Shown,
                RequestId = "0b1f6a38-6f0c-4ee7-9a3c-1f9f8b0a7f10",
            },
        }
    );

    [Fact]
    public void With_full_resource_an_access_stands_whole_in_its_entry_and_one_that_is_gone_by_reference()
    {
        var standing = Standing with { Content = PayloadContent.FullResource };

        var bytes = Writer.Write("b1", NotificationType.EventNotification, standing, [Event], Now, Accesses);

        var entries = JsonDocument.Parse(bytes).RootElement.GetProperty("entry");
        entries.GetArrayLength().Should().Be(3);
        entries[1].GetProperty("fullUrl").GetString().Should().Be(Base + "/AuditEvent/a1");
        entries[1].GetProperty("resource").GetProperty("id").GetString().Should().Be("a1");
        entries[1]
            .GetProperty("request")
            .GetRawText()
            .Should()
            .Be($$"""{"method":"GET","url":"{{Base}}/AuditEvent/a1"}""");
        entries[1].GetProperty("response").GetProperty("status").GetString().Should().Be("200");
        entries[2].TryGetProperty("resource", out _).Should().BeFalse();
        NotificationReader.TryRead(bytes, out var read).Should().BeTrue();
        read!.Events.Single().References.Should().HaveCount(2);
    }

    [Fact]
    public void An_event_notification_is_this_to_the_letter()
    {
        var id = NotificationId.Of("s1", [Event]);

        Text(Writer.Write(id, NotificationType.EventNotification, Standing, [Event], Now))
            .Should()
            .Be(
                """
                {"resourceType":"Bundle","id":"ID","meta":{"profile":["http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-notification-r4","https://fhir.cpis.example/StructureDefinition/CPIS-Notification"],"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"NOPAT"}]},"type":"history","timestamp":"2026-11-20T22:14:08.020Z","entry":[
                {"fullUrl":"urn:uuid:ID","resource":{"resourceType":"Parameters","id":"ID","meta":{"profile":["http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-status-r4"]},"parameter":[
                {"name":"subscription","valueReference":{"reference":"https://cpis.example/FHIR/R4/Subscription/s1"}},
                {"name":"topic","valueCanonical":"https://fhir.cpis.example/SubscriptionTopic/record-accessed"},
                {"name":"status","valueCode":"active"},
                {"name":"type","valueCode":"event-notification"},
                {"name":"events-since-subscription-start","valueString":"9"},
                {"name":"notification-event","part":[{"name":"event-number","valueString":"7"},{"name":"timestamp","valueInstant":"2026-11-20T22:14:07.020Z"},{"name":"focus","valueReference":{"reference":"https://cpis.example/FHIR/R4/AuditEvent/a1"}},{"name":"additional-context","valueReference":{"reference":"https://cpis.example/FHIR/R4/AuditEvent/a2"}}]}]},
                "request":{"method":"GET","url":"https://cpis.example/FHIR/R4/Subscription/s1/$status"},"response":{"status":"200"}},
                {"fullUrl":"https://cpis.example/FHIR/R4/AuditEvent/a1","request":{"method":"POST","url":"AuditEvent"},"response":{"status":"201"}},
                {"fullUrl":"https://cpis.example/FHIR/R4/AuditEvent/a2","request":{"method":"POST","url":"AuditEvent"},"response":{"status":"201"}}]}
                """.Replace("\n", "").Replace("ID", id)
            );
    }

    public static TheoryData<NotificationType, PayloadContent> Kinds =>
        new()
        {
            { NotificationType.Handshake, PayloadContent.IdOnly },
            { NotificationType.Handshake, PayloadContent.Empty },
            { NotificationType.Heartbeat, PayloadContent.IdOnly },
            { NotificationType.EventNotification, PayloadContent.IdOnly },
            { NotificationType.EventNotification, PayloadContent.Empty },
            { NotificationType.EventNotification, PayloadContent.FullResource },
            { NotificationType.Heartbeat, PayloadContent.FullResource },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_passes_the_strict_parser_and_each_rule_of_the_profile(
        NotificationType type,
        PayloadContent content
    )
    {
        var events = type == NotificationType.EventNotification ? new[] { Event, Event with { Number = 8 } } : [];
        var bytes = Writer.Write(
            NotificationId.Of("s1", [Event, Event with { Number = 8 }]),
            type,
            Standing with
            {
                Content = content,
                Status = SubscriptionStatus.Error,
                Error = "no-response: timeout",
            },
            events,
            Now,
            content == PayloadContent.FullResource ? Accesses : null
        );

        var bundle = FhirJsonDeserializer.STRICT.DeserializeResource(Text(bytes)).Should().BeOfType<Bundle>().Subject;
        foreach (var (key, expression) in Rules("StructureDefinition-CPIS-Notification.json"))
            bundle.IsTrue(expression).Should().BeTrue($"rule {key} holds: {expression}");
        bundle.Entry.Should().OnlyContain(e => e.Request != null && e.Response != null && e.FullUrl != null);
        var text = Text(bytes);
        text.Contains("record-accessed").Should().Be(content != PayloadContent.Empty, "empty does not name the topic");
        text.Contains("AuditEvent").Should().Be(events.Length > 0 && content != PayloadContent.Empty);
    }

    [Fact]
    public void Statuses_pass_the_strict_parser()
    {
        var failing = Standing with { Error = "error-response: HTTP 500" };
        var one = Text(Writer.WriteStatuses("b1", [failing], Base + "/x"));
        var many = Text(Writer.WriteStatuses("b1", [Standing, Standing with { SubscriptionId = "s2" }], Base + "/x"));
        var none = Text(Writer.WriteStatuses("b1", [], Base + "/x"));

        var bundle = FhirJsonDeserializer.STRICT.DeserializeResource(one).Should().BeOfType<Bundle>().Subject;
        bundle.Entry.Should().ContainSingle().Which.Resource.Should().BeOfType<Parameters>();
        one.Should().Contain("query-status").And.Contain("\"code\":\"error-response\"");
        FhirJsonDeserializer
            .STRICT.DeserializeResource(many)
            .Should()
            .BeOfType<Bundle>()
            .Which.Entry.Should()
            .HaveCount(2);
        FhirJsonDeserializer.STRICT.DeserializeResource(none).Should().BeOfType<Bundle>().Which.Total.Should().Be(0);
    }

    [Fact]
    public void A_receiver_reads_what_was_written()
    {
        var bytes = Writer.Write("b1", NotificationType.EventNotification, Standing, [Event], Now);

        NotificationReader.TryRead(bytes, out var read).Should().BeTrue();
        read.Should()
            .BeEquivalentTo(
                new Notification(
                    "b1",
                    NotificationType.EventNotification,
                    Base + "/Subscription/s1",
                    "active",
                    9,
                    [new NotifiedEvent(7, Now.AddSeconds(-1), [Base + "/AuditEvent/a1", Base + "/AuditEvent/a2"])]
                )
            );
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("{}")]
    [InlineData("""{"resourceType":"Bundle","entry":[]}""")]
    [InlineData("""{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}}]}""")]
    [InlineData(
        """{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Parameters","parameter":[{"name":"type"}]}}]}"""
    )]
    [InlineData("""{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Parameters","parameter":3}}]}""")]
    public void What_is_no_notification_is_not_read(string body) =>
        NotificationReader.TryRead(Encoding.UTF8.GetBytes(body), out _).Should().BeFalse();

    [Fact]
    public void A_notification_keeps_its_id_over_retries_and_servers()
    {
        NotificationId.Of("s1", [Event]).Should().Be(NotificationId.Of("s1", [Event with { Time = Now }]));
        string[] others =
        [
            NotificationId.Of("s2", [Event]),
            NotificationId.Of("s1", [Event, Event]),
            NotificationId.Of("s1", [Event with { Number = 8 }]),
            NotificationId.Of("s1", [Event with { Occurrences = ["a1"] }]),
            NotificationId.Of("s1", [Event with { Occurrences = ["a1", "a3"] }]),
        ];
        others.Append(NotificationId.Of("s1", [Event])).Should().OnlyHaveUniqueItems();
        NotificationId.OfHandshake("s1", 1).Should().NotBe(NotificationId.OfHandshake("s1", 2));
        Guid.Parse(NotificationId.Of("s1", [Event])).Version.Should().Be(8);
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static IEnumerable<(string Key, string Expression)> Rules(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CpIs.Fhir.sln")))
            folder = folder.Parent!;
        using var json = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(folder.FullName, "profiles", "built", file))
        );
        return
        [
            .. json
                .RootElement.GetProperty("snapshot")
                .GetProperty("element")[0]
                .GetProperty("constraint")
                .EnumerateArray()
                .Select(c => (c.GetProperty("key").GetString()!, c.GetProperty("expression").GetString()!)),
        ];
    }
}
