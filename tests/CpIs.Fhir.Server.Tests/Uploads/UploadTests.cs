using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Hosting;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Uploads;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.Uploads;

/// <summary>The journey of the UPLOAD over HTTP.</summary>
public sealed class UploadTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private static readonly OdsCode Own = OdsCode.Parse("XHF01");

    private Task<Speaker> AuthorityAsync => exchange.AsAsync("authority-xhf01");

    [Fact]
    public async Task An_upload_names_the_person_of_the_authority_who_sent_it()
    {
        var stored = await exchange.UploadAsync("authority-xhf01-lead", exchange.NewChild());

        var person = (await exchange.OccurrenceOfAsync(stored)).Person;
        person.Should().Be(PersonRules.PersonOf(RunningExchange.Client("authority-xhf01-lead").User!));
        (await exchange.RecordOfAsync(stored)).GetRawText().Should().Contain(person!.Name);
    }

    [Fact]
    public async Task Each_entry_is_acknowledged_in_its_place()
    {
        var children = new[] { exchange.NewChild(), exchange.NewChild() };

        var created = await exchange.UploadAsync("authority-xhf01", children);
        var repeated = await exchange.UploadAsync("authority-xhf01", children);
        var updated = await exchange.UploadAsync("authority-xhf01", children[0], children[1] with { Family = "Varga" });

        created.Json.GetProperty("type").GetString().Should().Be("transaction-response");
        Responses(created, "status").Should().Equal("201 Created", "201 Created", "201 Created", "201 Created");
        Responses(repeated, "status").Should().Equal("200 OK", "200 OK", "200 OK", "200 OK");
        Responses(repeated, "etag").Should().AllBe("W/\"1\"", "nothing has changed");
        Responses(updated, "etag").Should().Equal("W/\"1\"", "W/\"1\"", "W/\"2\"", "W/\"1\"");
        Responses(created, "location")
            .Select(l => l!.Split('/')[0])
            .Should()
            .Equal("Patient", "EpisodeOfCare", "Patient", "EpisodeOfCare");
        foreach (var location in Responses(updated, "location"))
            (await (await AuthorityAsync).GetAsync(location!)).Status.Should().Be(200);
    }

    [Fact]
    public async Task While_every_place_is_taken_an_upload_is_asked_to_come_again()
    {
        var taken = new List<Places.Place>();
        foreach (var places in exchange.Each<UploadPlaces>())
            for (var i = 0; i < new SizeLimits().ConcurrentUploads; i++)
                taken.Add((await places.TakeAsync(TestContext.Current.CancellationToken)).Value);

        var refused = await (await AuthorityAsync).PostAsync("", Text(exchange.NewChild()));
        taken.ForEach(place => place.Dispose());

        refused.Status.Should().Be(429, refused.Text);
        refused.Headers["Retry-After"].Should().Be("1");
        (await exchange.UploadAsync("authority-xhf01", exchange.NewChild())).Status.Should().Be(200);
    }

    [Fact]
    public async Task Where_two_authorities_disagree_the_acknowledgement_tells_nothing_of_the_other()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);

        var answer = await exchange.UploadAsync("authority-xbr02", child with { Family = "Rowntree" });

        answer.Text.Should().NotContain("outcome");
    }

    [Fact]
    public async Task An_old_file_after_a_newer_one_changes_nothing_and_the_log_has_an_alarm_without_the_child()
    {
        var child = exchange.NewChild();
        var authority = await AuthorityAsync;
        var taken = exchange.Clock.GetUtcNow().AddHours(-2);
        var first = SyntheticUpload.Bundle(Own, [child], taken);
        (await authority.PostAsync("", first)).Status.Should().Be(200);
        var ended = child with
        {
            Plans = [child.Plans[0] with { Status = PlanStatus.Finished, End = exchange.Today.AddDays(-1) }],
        };
        (await authority.PostAsync("", SyntheticUpload.Bundle(Own, [ended], taken.AddHours(1))))
            .Status.Should()
            .Be(200);

        var again = await authority.PostAsync("", first);

        again.Status.Should().Be(200, again.Text);
        Responses(again, "etag").Should().Equal("W/\"1\"", "W/\"2\"");
        again.Text.Should().Contain("cpis-upload-superseded").And.Contain(child.Plans[0].PlanId);
        var request = again.Headers["X-Request-ID"];
        exchange.Logs.Text.Should().Contain($"ALARM: in upload {request} of XHF01, 2 of 2 entries are older");
        exchange.Logs.Text.Should().NotContain(child.NhsNumber.Digits);
    }

    [Fact]
    public async Task A_time_in_the_future_is_422_with_an_alarm()
    {
        var bundle = SyntheticUpload.Bundle(Own, [exchange.NewChild()], exchange.Clock.GetUtcNow().AddMinutes(11));

        var answer = await (await AuthorityAsync).PostAsync("", bundle);

        answer.Status.Should().Be(422, answer.Text);
        answer.Issue.Expression.Should().Be("Bundle.timestamp");
        exchange
            .Logs.Text.Should()
            .Contain($"ALARM: upload {answer.Headers["X-Request-ID"]} of XHF01 was refused: its Bundle.timestamp");
    }

    [Fact]
    public async Task A_plan_may_refer_to_what_our_own_answers_name()
    {
        var child = exchange.NewChild();
        var authority = await AuthorityAsync;
        var location = Responses(await exchange.UploadAsync("authority-xhf01", child), "location")[0]!;
        var found = await authority.GetAsync("Patient?_id=" + location.Split('/')[1]);
        var fullUrl = found.AllEntries[0].GetProperty("fullUrl").GetString()!;
        var number = 0;

        foreach (var reference in new[] { location, fullUrl })
        {
            var bundle = JsonNode.Parse(
                Text(
                    child with
                    {
                        Plans = [exchange.Plan(PlanTypes.LookedAfter) with { PlanId = $"{child.LocalId}-{number++}" }],
                    }
                )
            )!;
            bundle["entry"]!.AsArray().RemoveAt(0);
            bundle["entry"]![0]!["resource"]!["patient"]!["reference"] = reference;

            var answer = await authority.PostAsync("", bundle.ToJsonString());

            answer.Status.Should().Be(200, answer.Text);
        }
    }

    public static TheoryData<string, string, int, string> Wrong =>
        new()
        {
            { "\"birthDate\":\"", "\"birthDate\":\"x", 400, "Bundle.entry[0].resource" },
            { "\"status\":\"active\"", "\"status\":\"planned\"", 422, "Bundle.entry[1].resource.status" },
            { "\"status\":\"active\"", "\"status\":\"finished\"", 422, "Bundle.entry[1].resource.period" },
            { "\"family\":", "\"gender\":\"male\",\"family\":", 400, "Bundle.entry[0].resource.name[0]" },
            { "\"birthDate\":", "\"gender\":\"male\",\"birthDate\":", 422, "Bundle.entry[0].resource.gender" },
            { "342191000000101", "123456789", 422, "Bundle.entry[1].resource.type[0].coding[0]" },
            { "\"method\":\"PUT\"", "\"method\":\"DELETE\"", 422, "Bundle.entry[0].request.method" },
            { "Patient?identifier", "Patient?name", 422, "Bundle.entry[0].request.url" },
            { "\"transaction\"", "\"batch\"", 422, "Bundle.type" },
        };

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_is_wrong_is_named_by_its_place_and_its_rule_and_nothing_is_stored(
        string right,
        string wrong,
        int status,
        string place
    )
    {
        var child = exchange.NewChild();
        var bundle = Text(child).Replace(right, wrong, StringComparison.Ordinal);

        var answer = await (await AuthorityAsync).PostAsync("", bundle);

        answer.Status.Should().Be(status, answer.Text);
        answer
            .Json.GetProperty("issue")
            .EnumerateArray()
            .Select(i => i.TryGetProperty("expression", out var e) ? e[0].GetString() : null)
            .Should()
            .Contain(e => e != null && e.StartsWith(place, StringComparison.Ordinal), answer.Text);
        answer.Issue.Spine.Should().NotBeNull();
        (await HeldAsync(child)).Should().Be(0);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("{", "it is cut off")]
    [InlineData("null", "it is no resource")]
    [InlineData("[]", "it is no resource")]
    [InlineData("{}", "it has no type")]
    [InlineData("""{"resourceType":"Nonsense"}""", "the type does not exist")]
    [InlineData(
        """{"resourceType":"Bundle","resourceType":"Bundle","type":"transaction"}""",
        "a member that occurs twice"
    )]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[null]}""", "an entry is null")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[{}]}""", "an entry is empty")]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":{}}""", "entry is no list")]
    public async Task What_cannot_be_parsed_is_400(string body, string because)
    {
        var answer = await (await AuthorityAsync).PostAsync("", body);

        answer.Status.Should().Be(400, $"{because}: {answer.Text}");
        answer.Issue.Diagnostics.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task One_wrong_child_among_many_stores_none()
    {
        var (good, bad) = (exchange.NewChild(), exchange.NewChild());
        var bundle = Encoding.UTF8.GetString(
            SyntheticUpload.Bundle(Own, [good, bad with { BirthDate = exchange.Today.AddDays(1) }]).Span
        );

        var answer = await (await AuthorityAsync).PostAsync("", bundle);

        answer.Status.Should().Be(422, answer.Text);
        answer.Issue.Expression.Should().Be("Bundle.entry[2].resource.birthDate");
        (await HeldAsync(good)).Should().Be(0);
        (await (await exchange.AsAsync("hareford-ed")).LookUpAsync(good.NhsNumber)).Total.Should().Be(0);
    }

    [Fact]
    public async Task Too_many_bytes_or_entries_are_413()
    {
        var authority = await AuthorityAsync;
        var children = Enumerable.Range(0, 151).Select(_ => exchange.NewChild()).ToArray();

        var entries = await authority.PostAsync("", SyntheticUpload.Bundle(Own, children));
        var bytes = await authority.PostAsync("", Text(exchange.NewChild()) + new string(' ', 5 * 1_024 * 1_024));
        using var stream = new StreamContent(new Unmeasured(new byte[5 * 1_024 * 1_024 + 1]))
        {
            Headers = { ContentType = new("application/fhir+json") },
        };
        var chunked = await authority.SendAsync(HttpMethod.Post, "", stream);

        entries.Status.Should().Be(413, entries.Text);
        entries.Issue.Expression.Should().Be("Bundle.entry");
        bytes.Status.Should().Be(413, bytes.Text);
        chunked.Status.Should().Be(413, chunked.Text);
        foreach (var answer in new[] { entries, bytes, chunked })
            answer.Issue.Code.Should().Be("too-long");
    }

    [Fact]
    public async Task Another_media_type_or_coding_is_415_and_another_answer_406()
    {
        var authority = await AuthorityAsync;
        using var turtle = new StringContent("a b c .", Encoding.UTF8, "application/fhir+turtle");
        using var latin = new StringContent("{}", Encoding.Latin1, "application/fhir+json");
        using var zipped = new StringContent("{}", null, "application/fhir+json")
        {
            Headers = { ContentEncoding = { "br" } },
        };
        using var none = new ByteArrayContent("{}"u8.ToArray());

        foreach (var content in new HttpContent[] { turtle, latin, zipped, none })
        {
            var answer = await authority.SendAsync(HttpMethod.Post, "", content);
            answer.Status.Should().Be(415, answer.Text);
            answer.Issue.Code.Should().Be("not-supported");
        }

        var unacceptable = await authority.PostAsync(
            "",
            Text(exchange.NewChild()),
            ("Accept", "application/fhir+turtle")
        );
        unacceptable.Status.Should().Be(406, unacceptable.Text);
        (await authority.PostAsync("", Text(exchange.NewChild()), ("Accept", "application/fhir+turtle, */*;q=0.1")))
            .Status.Should()
            .Be(200);
        foreach (var method in new[] { "PUT", "DELETE", "PATCH" })
        {
            using var body = new StringContent("{}", null, "application/fhir+json");
            var refused = await authority.SendAsync(new HttpMethod(method), "", body);
            refused.Status.Should().Be(405, refused.Text);
            refused.Headers["Allow"].Should().Be("GET, HEAD, POST");
        }
    }

    [Fact]
    public async Task The_same_request_id_with_the_same_body_is_answered_to_the_byte_and_with_another_body_409()
    {
        var child = exchange.NewChild();
        var authority = await AuthorityAsync;
        var id = ("X-Request-ID", Guid.NewGuid().ToString("D"));

        var first = await authority.PostAsync("", Text(child), id);
        var change = await authority.PostAsync("", Text(child with { Family = "Varga" }));
        var again = await authority.PostAsync("", Text(child), id);
        var other = await authority.PostAsync("", Text(child with { Family = "Okafor" }), id);
        var stranger = await (await exchange.AsAsync("authority-xbr02")).PostAsync(
            "",
            SyntheticUpload.Bundle(OdsCode.Parse("XBR02"), [exchange.NewChild()]),
            id
        );

        first.Status.Should().Be(200, first.Text);
        change.Status.Should().Be(200);
        again.Status.Should().Be(200);
        again.Bytes.Should().Equal(first.Bytes);
        other.Status.Should().Be(409, other.Text);
        other.Issue.Expression.Should().Be("http.X-Request-ID");
        stranger.Status.Should().Be(200, "request ids belong to their client");
        var current = await authority.GetAsync($"Patient?identifier={FhirSystems.NhsNumber}|{child.NhsNumber.Digits}");
        current.Text.Should().Contain("Varga", "a repeat changes nothing");
    }

    [Fact]
    public async Task The_same_upload_several_times_at_once_is_stored_once()
    {
        var child = exchange.NewChild();
        var authority = await AuthorityAsync;
        var id = ("X-Request-ID", Guid.NewGuid().ToString("D"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => authority.PostAsync("", Text(child), id)));

        var stored = answers.Where(a => a.Status == 200).ToList();
        stored.Should().NotBeEmpty();
        stored.Should().OnlyContain(a => a.Bytes.SequenceEqual(stored[0].Bytes));
        Responses(stored[0], "status").Should().AllBe("201 Created");
        foreach (var waiting in answers.Except(stored))
        {
            waiting.Status.Should().Be(409, waiting.Text);
            waiting.Headers.Should().ContainKey("Retry-After");
        }
    }

    [Fact]
    public async Task After_24_hours_a_request_id_is_forgotten()
    {
        var child = exchange.NewChild();
        var id = ("X-Request-ID", Guid.NewGuid().ToString("D"));
        await (await AuthorityAsync).PostAsync("", Text(child), id);
        exchange.MoveTo(exchange.Clock.GetUtcNow().AddHours(24).AddMinutes(1));

        var other = await (await AuthorityAsync).PostAsync("", Text(child with { Family = "Okafor" }), id);

        other.Status.Should().Be(200, other.Text);
    }

    [Fact]
    public async Task Without_a_request_id_each_upload_is_a_new_one()
    {
        var child = exchange.NewChild();
        var authority = await AuthorityAsync;

        var first = await authority.PostAsync("", Text(child));
        var again = await authority.PostAsync("", Text(child));

        Responses(first, "status").Should().AllBe("201 Created");
        Responses(again, "status").Should().AllBe("200 OK");
        first.Headers["X-Request-ID"].Should().NotBe(again.Headers["X-Request-ID"]);
    }

    [Fact]
    public async Task A_refused_upload_can_be_corrected_under_the_same_request_id()
    {
        var child = exchange.NewChild();
        var authority = await AuthorityAsync;
        var id = ("X-Request-ID", Guid.NewGuid().ToString("D"));

        var wrong = await authority.PostAsync(
            "",
            Text(child).Replace("active", "planned", StringComparison.Ordinal),
            id
        );
        var right = await authority.PostAsync("", Text(child), id);

        wrong.Status.Should().Be(422);
        right.Status.Should().Be(200, right.Text);
    }

    private async Task<long> HeldAsync(SyntheticChild child) =>
        (
            await (await AuthorityAsync).GetAsync(
                $"Patient?identifier={FhirSystems.NhsNumber}|{child.NhsNumber.Digits}"
            )
        ).Total;

    private static string Text(SyntheticChild child) =>
        Encoding.UTF8.GetString(SyntheticUpload.Bundle(Own, [child]).Span);

    private static IReadOnlyList<string?> Responses(Answer answer, string member) =>
        [.. answer.AllEntries.Select(e => e.GetProperty("response").GetProperty(member).GetString())];

    // A body whose length the client does not tell.
    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
