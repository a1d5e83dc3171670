using System.Net;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.EndToEnd.Tests.Processes;
using CpIs.Fhir.Synthetic;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.EndToEnd.Tests.SeveralServers;

/// <summary>Several servers on one store are one exchange: what one of them knows or has done holds on the others.</summary>
[Collection(SharedDeployment.Name)]
public sealed class OneExchangeTests(SharedDeployment shared)
{
    private Deployment Deployment => shared.Deployment;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_request_id_is_one_result_whichever_servers_it_reaches_and_however_many_at_once()
    {
        var child = Children.Of(100_000, 1)[0];
        var bundle = SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [child]);
        var authority = await Deployment.SignInAtEachAsync("authority-xhf01");
        var id = Guid.NewGuid().ToString();

        var race = await Task.WhenAll(
            Enumerable.Range(0, 3).SelectMany(_ => authority.Select(server => SendAsync(server, bundle, id)))
        );

        race.Should()
            .OnlyContain(answer => answer.Status == HttpStatusCode.OK || answer.Status == HttpStatusCode.Conflict);
        var done = race.Where(answer => answer.Status == HttpStatusCode.OK).Select(answer => answer.Body).ToList();
        done.Should().NotBeEmpty();
        done.Distinct().Should().ContainSingle("all are given the one result");
        foreach (var server in authority)
        {
            (await SendAsync(server, bundle, id)).Should().Be((HttpStatusCode.OK, done[0]));
            var other = SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [child with { Family = "Rowntree" }]);
            (await SendAsync(server, other, id)).Status.Should().Be(HttpStatusCode.Conflict);
            var held = await server.ReadAllAsync(
                $"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}"
            );
            held.Should().ContainSingle();
            held[0].GetProperty("meta").GetProperty("versionId").GetString().Should().Be("1");
        }
    }

    [Fact]
    public async Task An_assertion_is_good_for_one_token_of_all_servers()
    {
        using var http = new HttpClient();
        for (var round = 0; round < 5; round++)
        {
            var assertion = Actor.Assertion(Deployment.Front.Root, "maternity-hareford");

            var race = await Task.WhenAll(
                Deployment.Servers.SelectMany(server =>
                    Enumerable.Range(0, 2).Select(_ => TokenAsync(http, server.Root, assertion))
                )
            );

            race.Count(status => status == HttpStatusCode.OK).Should().Be(1);
            foreach (var server in Deployment.Servers)
                (await TokenAsync(http, server.Root, assertion)).Should().NotBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task What_a_client_used_up_at_one_server_it_has_used_up_at_the_others()
    {
        using var http = new HttpClient();
        var (one, other) = (Deployment.Servers[0].Root, Deployment.Servers[^1].Root);
        while (await GivenAsync(one, atOnce: 20) == 20) { }

        // Servers tell each other once a second; who asks meanwhile, faster than tokens come, may be given a little.
        var given = 0;
        await Eventually.TrueAsync(async () =>
        {
            var more = await GivenAsync(other, atOnce: 4);
            given += more;
            given.Should().BeLessThan(SharedDeployment.TokenBurst * 3 / 4, "by itself it had all of its burst to give");
            await Task.Delay(500, Cancellation);
            return more < 4;
        });

        async Task<int> GivenAsync(Uri server, int atOnce)
        {
            var answers = await Task.WhenAll(
                Enumerable
                    .Range(0, atOnce)
                    .Select(_ => TokenAsync(http, server, Actor.Assertion(Deployment.Front.Root, "tester")))
            );
            answers.Should().OnlyContain(a => a == HttpStatusCode.OK || a == HttpStatusCode.TooManyRequests);
            return answers.Count(answer => answer == HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_client_that_is_suspended_at_one_server_is_suspended_at_all()
    {
        var number = Children.Of(110_000, 1)[0].NhsNumber.Digits;
        var setting = await Deployment.SignInAtEachAsync("brookshire-ed-doctor");
        var operators = await Deployment.SignInAtEachAsync("operator");
        foreach (var server in setting)
            (await StatusAsync(server.LookUpAsync(number))).Should().Be(HttpStatusCode.OK);

        await AdministerAsync(operators[0], "suspend");
        foreach (var server in setting)
            await Eventually.TrueAsync(
                async () => await StatusAsync(server.LookUpAsync(number)) == HttpStatusCode.Unauthorized,
                () => "a suspended client is nobody"
            );

        await AdministerAsync(operators[^1], "restore");
        foreach (var server in setting)
            await Eventually.TrueAsync(
                async () => await StatusAsync(server.LookUpAsync(number)) == HttpStatusCode.OK,
                () => "a restored client is answered"
            );
    }

    [Fact]
    public async Task Attendances_through_all_servers_are_events_without_gap_each_told_once()
    {
        var children = Children.Of(120_000, 12);
        using var authority = await Deployment.SignInAsync("authority-xbr02");
        await UploadAsync(authority, "XBR02", children);
        await using var receiver = await Receiver.StartAsync();
        await receiver.SubscribeAsync(authority);
        var doctor = await Deployment.SignInAtEachAsync("hareford-ed-doctor");
        var nurse = await Deployment.SignInAtEachAsync("hareford-ed-nurse");

        var accesses = await Task.WhenAll(
            doctor
                .Concat(nurse)
                .SelectMany(person => children.Select(child => ShownAsync(person, child.NhsNumber.Digits)))
        );

        var recorded = await Recorded.ChildrenAsync(authority);
        await Eventually.TrueAsync(
            () => recorded.Untold(accesses, receiver.Accesses).Count == 0,
            () => "every child is told of"
        );
        receiver
            .Events.Keys.Order()
            .Should()
            .Equal(Enumerable.Range(1, receiver.Events.Count).Select(n => (long)n), "numbers have no gap");
        receiver.Accesses.Should().OnlyHaveUniqueItems();
        receiver
            .Deliveries.Values.Should()
            .OnlyContain(times => times == 1, "nothing went wrong, so nothing is repeated");
    }

    [Fact]
    public async Task One_visit_through_all_servers_is_one_event()
    {
        var child = Children.Of(130_000, 1)[0];
        using var authority = await Deployment.SignInAsync("authority-xmv03");
        await UploadAsync(authority, "XMV03", child);
        var accesses = new List<string>();
        foreach (var doctor in await Deployment.SignInAtEachAsync("hareford-ed-doctor"))
            accesses.Add(await ShownAsync(doctor, child.NhsNumber.Digits));
        var nurses = await Deployment.SignInAtEachAsync("hareford-ed-nurse");
        accesses.Add(await ShownAsync(nurses[0], child.NhsNumber.Digits));

        await using var receiver = await Receiver.StartAsync();
        await receiver.SubscribeAsync(authority);
        await Eventually.TrueAsync(() => receiver.Accesses.Contains(accesses[0]), () => "what was open is told");

        receiver.Accesses.Should().Equal(accesses[0]);
    }

    [Fact]
    public async Task The_pages_of_a_search_may_come_from_any_server()
    {
        using var authority = await Deployment.SignInAsync("authority-xst05");
        await UploadAsync(authority, "XST05", Children.Of(140_000, 7));
        var servers = Deployment.Servers.Select(server => authority.At(server.Root)).ToList();
        var ids = new List<string?>();
        var turn = 0;
        for (var next = "/FHIR/R4/Patient?_count=2"; next is not null; turn++)
        {
            var page = await servers[turn % servers.Count].ReadAsync(next);
            ids.AddRange(
                page.GetProperty("entry")
                    .EnumerateArray()
                    .Select(entry => entry.GetProperty("resource").GetProperty("id").GetString())
            );
            next = Actor.Next(page) is { } url ? new Uri(url).PathAndQuery : null;
        }

        ids.Should().HaveCount(7).And.OnlyHaveUniqueItems();
        turn.Should().Be(4);
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(
        Actor actor,
        ReadOnlyMemory<byte> bundle,
        string requestId
    )
    {
        using var answer = await actor.PostJsonAsync("", bundle, requestId);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static async Task UploadAsync(Actor authority, string code, params SyntheticChild[] children)
    {
        using var answer = await authority.PostJsonAsync("", SyntheticUpload.Bundle(OdsCode.Parse(code), children));
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private static async Task<HttpStatusCode> TokenAsync(HttpClient http, Uri server, string assertion)
    {
        using var answer = await Actor.AskForTokenAsync(http, server, assertion);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> sending)
    {
        using var answer = await sending;
        return answer.StatusCode;
    }

    private static async Task AdministerAsync(Actor actor, string what) =>
        (await StatusAsync(actor.PostJsonAsync($"/admin/clients/demo-brookshire-ed/{what}", default)))
            .Should()
            .Be(HttpStatusCode.OK);

    /// <summary>The id of the access that is told of.</summary>
    private static async Task<string> ShownAsync(Actor setting, string number)
    {
        using var answer = await setting.LookUpAsync(number);
        var body = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, body);
        using var bundle = JsonDocument.Parse(body);
        bundle.RootElement.GetProperty("total").GetInt32().Should().BePositive();
        return bundle.RootElement.GetProperty("id").GetString()!;
    }
}
