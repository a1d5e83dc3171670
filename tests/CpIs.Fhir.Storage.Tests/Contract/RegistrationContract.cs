using System.Text;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>What every server that shares a store must agree on.</summary>
public abstract class RegistrationContract : StoreContract
{
    [Fact]
    public async Task A_registration_is_there_for_all_and_changes_the_stamp()
    {
        var empty = await Registrations.ReadRegistrationsAsync(Cancellation);
        await RegisterAsync("client", "c", "1");
        var first = await Registrations.ReadRegistrationsAsync(Cancellation);
        await RegisterAsync("client", "c", "2");
        await RegisterAsync("organisation", "c", "3");
        await Store.ReopenAsync();
        var second = await Registrations.ReadRegistrationsAsync(Cancellation);

        empty.Registrations.Should().BeEmpty();
        first.Stamp.Should().NotBe(empty.Stamp);
        second.Stamp.Should().NotBe(first.Stamp).And.NotBe(empty.Stamp);
        (await Registrations.ReadRegistrationStampAsync(Cancellation)).Should().Be(second.Stamp);
        second
            .Registrations.Select(r => (r.Kind, r.Id, Encoding.UTF8.GetString(r.Json.Span)))
            .Should()
            .BeEquivalentTo([("client", "c", "2"), ("organisation", "c", "3")]);
    }

    [Fact]
    public async Task A_request_for_a_second_person_and_what_it_changed_are_read_again()
    {
        var request = new ApprovalRequest
        {
            Id = "a",
            Kind = ApprovalRequest.RestartStamps,
            Authority = Make.Herts,
            AskedBy = new Person("1", null, "lead", "Lead", "L"),
            Reason = "Wrong clock",
            Asked = Make.Noon,
        };
        var authority = new Organisation
        {
            Code = Make.Herts,
            Name = "Herts",
            Kind = CallerKind.Authority,
        };
        await CommitAsync(request, authority);
        var approved = request with { Id = "b", ApprovedBy = request.AskedBy with { SdsUserId = "2" } };
        await CommitAsync(approved, authority with { StampEpoch = 1 });
        await Store.ReopenAsync();

        var directory = RegistrationForm.ReadAll(await Registrations.ReadRegistrationsAsync(Cancellation));
        directory.FindApproval("b").Should().Be(approved);
        directory.FindApproval("a").Should().BeNull("an authority has one request of a kind");
        directory.Find(Make.Herts)!.StampEpoch.Should().Be(1);

        async Task CommitAsync(ApprovalRequest kept, Organisation changed) =>
            (
                await Records.CommitAsync(
                    new Commit { Registrations = [RegistrationForm.Of(kept), RegistrationForm.Of(changed)] },
                    Cancellation
                )
            )
                .Should()
                .Be(CommitOutcome.Committed);
    }

    [Fact]
    public async Task A_commit_without_registrations_leaves_the_stamp()
    {
        var before = await Registrations.ReadRegistrationStampAsync(Cancellation);
        await SaveAsync(Make.Resource("e"));

        (await Registrations.ReadRegistrationStampAsync(Cancellation)).Should().Be(before);
    }

    [Fact]
    public async Task A_change_upon_a_stamp_that_is_stale_changes_nothing()
    {
        var stale = await Registrations.ReadRegistrationStampAsync(Cancellation);
        (await RegisterAsync("client", "c", "1", stale)).Should().Be(CommitOutcome.Committed);
        var current = await Registrations.ReadRegistrationStampAsync(Cancellation);

        var late = new Commit
        {
            Registrations = [new Registration("client", "c", "2"u8.ToArray())],
            RegistrationStamp = stale,
            Changes = [new Change(Make.Resource("e"), 0)],
            Occurrence = Make.Access("o", authorities: Make.Herts),
            Answer = Make.Answer("r"),
        };
        (await Records.CommitAsync(late, Cancellation)).Should().Be(CommitOutcome.Conflict);
        (await Records.CommitAsync(late with { Registrations = [] }, Cancellation))
            .Should()
            .Be(CommitOutcome.Conflict, "the stamp is a precondition also of a commit that changes no registration");

        var snapshot = await Registrations.ReadRegistrationsAsync(Cancellation);
        snapshot.Stamp.Should().Be(current);
        Encoding.UTF8.GetString(snapshot.Registrations.Single().Json.Span).Should().Be("1");
        (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", null, Cancellation)).Should().BeNull();
        (await Occurrences.ReadOccurrenceAsync("o", Cancellation)).Should().BeNull();
        (await Records.ReadAnswerAsync("herts", "r", Cancellation)).Should().BeNull();
        (await Records.CommitAsync(late with { RegistrationStamp = current }, Cancellation))
            .Should()
            .Be(CommitOutcome.Committed);
        (await Registrations.ReadRegistrationStampAsync(Cancellation)).Should().NotBe(current);
    }

    [Fact]
    public async Task Of_twenty_four_who_change_registrations_upon_one_stamp_one_wins()
    {
        for (var round = 0; round < 3; round++)
        {
            var stamp = await Registrations.ReadRegistrationStampAsync(Cancellation);
            var outcomes = await RaceAsync(24, i => RegisterAsync("client", $"c{i}", $"{round}", stamp));

            outcomes.Count(o => o == CommitOutcome.Committed).Should().Be(1);
            outcomes.Count(o => o == CommitOutcome.Conflict).Should().Be(23);
            var json = (await Registrations.ReadRegistrationsAsync(Cancellation)).Registrations;
            json.Count(r => Encoding.UTF8.GetString(r.Json.Span) == $"{round}").Should().Be(1);
        }
    }

    [Fact]
    public async Task Twelve_servers_that_read_change_and_try_again_undo_nobodys_change()
    {
        await RegisterAsync("client", "c", "");
        await RaceAsync(
            12,
            async i =>
            {
                while (true)
                {
                    var read = await Registrations.ReadRegistrationsAsync(Cancellation);
                    var json = Encoding.UTF8.GetString(read.Registrations.Single().Json.Span) + (char)('a' + i);
                    if (await RegisterAsync("client", "c", json, read.Stamp) == CommitOutcome.Committed)
                        return true;
                }
            }
        );

        var all = (await Registrations.ReadRegistrationsAsync(Cancellation)).Registrations.Single();
        Encoding.UTF8.GetString(all.Json.Span).Order().Should().Equal("abcdefghijkl");
    }

    [Fact]
    public async Task A_value_is_used_once_whoever_races_for_it_until_it_expires()
    {
        var expires = Make.Noon.AddMinutes(5);
        var won = await RaceAsync(32, _ => UseAsync("jti", "v", expires));
        won.Count(w => w).Should().Be(1);

        await Store.ReopenAsync();
        (await UseAsync("jti", "v", expires)).Should().BeFalse();
        (await UseAsync("other", "v", expires)).Should().BeTrue();
        (await UseAsync("jti", "w", expires)).Should().BeTrue();

        Time.Advance(TimeSpan.FromMinutes(5));
        (await UseAsync("jti", "v", expires.AddMinutes(5))).Should().BeTrue();
        (await UseAsync("jti", "v", expires.AddMinutes(5))).Should().BeFalse();
    }

    [Fact]
    public async Task Keys_are_read_newest_first_and_can_be_retired()
    {
        var old = new SigningKey("token", "k1", new byte[] { 1, 2 }, Make.Noon);
        await Keys.SaveKeyAsync(old, Cancellation);
        await Keys.SaveKeyAsync(new SigningKey("token", "k2", new byte[] { 3 }, Make.Noon.AddDays(1)), Cancellation);
        await Keys.SaveKeyAsync(new SigningKey("cursor", "k1", new byte[] { 4 }, Make.Noon), Cancellation);
        await Keys.SaveKeyAsync(old with { Retired = Make.Noon.AddDays(2) }, Cancellation);
        await Store.ReopenAsync();

        var keys = await Keys.ReadKeysAsync("token", Cancellation);

        keys.Select(k => (k.Id, k.Created, k.Retired))
            .Should()
            .Equal(("k2", Make.Noon.AddDays(1), null), ("k1", Make.Noon, Make.Noon.AddDays(2)));
        keys[1].Secret.ToArray().Should().Equal(1, 2);
        (await Keys.ReadKeysAsync("webhook", Cancellation)).Should().BeEmpty();
    }

    private Task<bool> UseAsync(string purpose, string value, DateTimeOffset expires) =>
        Registrations.TryUseOnceAsync(purpose, value, expires, Cancellation);

    private Task<CommitOutcome> RegisterAsync(string kind, string id, string json, long? stamp = null) =>
        Records.CommitAsync(
            new Commit
            {
                Registrations = [new Registration(kind, id, Encoding.UTF8.GetBytes(json))],
                RegistrationStamp = stamp,
            },
            Cancellation
        );
}
