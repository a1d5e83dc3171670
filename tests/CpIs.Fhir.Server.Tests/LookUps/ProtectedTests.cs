using System.Text.Json;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>
/// A plan of a family in flight: no byte of any answer to anybody but its authority says whose it is, since when, of which type or who
/// looked before (design: "Protected plan").
/// </summary>
public sealed class ProtectedTests(ProtectedExchange exchange) : IClassFixture<ProtectedExchange>
{
    private const string Held = $"A protected record is held. Phone {ProtectedExchange.Phone}.";
    private const string Reason =
        """{"resourceType":"Parameters","parameter":[{"name":"reason","valueString":"Family in flight"}]}""";

    // Settings of each mode and of four kinds.
    private static readonly string[] Settings =
    [
        "hareford-ed",
        "brookshire-ed",
        "nhs-111-north",
        "gp-hareford",
        "maternity-hareford",
    ];

    public static TheoryData<string, bool> Cells =>
        new(from setting in Settings from withOther in new[] { false, true } select (setting, withOther));

    [Theory, MemberData(nameof(Cells))]
    public async Task No_byte_of_any_answer_to_a_setting_says_whose_protected_plan_it_is(string name, bool withOther)
    {
        var (child, secrets) = await ProtectedChildAsync(withOther);
        var setting = await exchange.AsAsync(name);

        foreach (var way in Enum.GetValues<Way>())
        {
            var answer = await setting.AskAsync(way, child.NhsNumber.Digits);

            answer.Status.Should().Be(200, answer.Text);
            Holds(answer, secrets);
            Texts(answer)[0].Should().Be(Held);
            answer.Headers.Should().NotContainKeys("ETag", "Last-Modified");
            if (way != Way.History)
                answer.Total.Should().Be(withOther ? 2 : 1, "however many are protected, one record says so");
            else if (!withOther)
                answer.Total.Should().Be(0, "a protected plan has no history");
        }

        foreach (
            var more in new[]
            {
                "&_include=Flag:author",
                "&_include=Flag:patient",
                "&_format=xml",
                "&family=Other&birthdate=2001-01-01",
            }
        )
        {
            var answer = await setting.GetAsync(
                $"Flag?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}{more}"
            );
            answer.Status.Should().Be(200, answer.Text);
            Holds(answer, secrets);
            answer.Text.Should().Contain(Held);
        }
    }

    [Fact]
    public async Task The_texts_are_those_of_the_design_and_a_notice_goes_to_the_authority_that_is_not_named()
    {
        var (alone, _) = await ProtectedChildAsync(withOther: false);
        var (both, _) = await ProtectedChildAsync(withOther: true);
        var (loud, silent) = (await exchange.AsAsync("hareford-ed"), await exchange.AsAsync("gp-hareford"));

        Texts(await loud.LookUpAsync(alone.NhsNumber))
            .Should()
            .Equal(Held, "A notice is being sent to the authority that holds it.");
        Texts(await silent.LookUpAsync(alone.NhsNumber)).Should().Equal(Held, AnswerTexts.Scheduled);
        var texts = Texts(await loud.LookUpAsync(both.NhsNumber));
        texts[..2].Should().Equal(Held, "A notice is being sent to the authority that holds it.");
        texts[^1].Should().StartWith("A notice is being sent to Brookshire Council (synthetic).");
        var kept = await exchange.OccurrenceOfAsync(await loud.LookUpAsync(alone.NhsNumber));
        kept.Shown.Should().OnlyContain(plan => plan.IsProtected && plan.Authority.Value == "XHF01");
        kept.InHistory.Should().BeFalse();
        kept.Attendances.Should().ContainSingle(part => part.Authority.Value == "XHF01");
    }

    [Fact]
    public async Task What_is_shown_is_made_anew_each_time_and_keeps_its_profile()
    {
        var (child, _) = await ProtectedChildAsync(withOther: true);
        var setting = await exchange.AsAsync("hareford-ed");
        var (first, second) = (await setting.LookUpAsync(child.NhsNumber), await setting.LookUpAsync(child.NhsNumber));
        var episodes = await setting.AskAsync(Way.Episode, child.NhsNumber.Digits);

        var flag = first.Entries("Flag")[0];
        flag.GetProperty("id").GetString().Should().NotBe(second.Entries("Flag")[0].GetProperty("id").GetString());
        first
            .AllEntries[0]
            .GetProperty("fullUrl")
            .GetString()
            .Should()
            .EndWith($"Flag/{flag.GetProperty("id").GetString()}");
        foreach (var masked in new[] { flag, episodes.Entries("EpisodeOfCare")[0] })
        {
            masked
                .GetProperty("meta")
                .EnumerateObject()
                .Select(part => part.Name)
                .Should()
                .Equal("profile", "security");
            var source = FhirSource.ReadJson(JsonSerializer.SerializeToUtf8Bytes(masked));
            ConformanceSet
                .CoreAndOurs()
                .Validator.Validate(source)
                .Issues.Where(issue => issue.Severity is not ValidationSeverity.Information)
                .Should()
                .BeEmpty(masked.GetRawText());
            var id = masked.GetProperty("id").GetString();
            (await setting.GetAsync($"{masked.GetProperty("resourceType").GetString()}/{id}"))
                .Status.Should()
                .NotBe(200);
        }
    }

    [Fact]
    public async Task Another_authority_learns_nothing_on_any_face_and_its_own_is_shown_as_ever()
    {
        var (child, secrets) = await ProtectedChildAsync(withOther: true);
        var (alone, aloneSecrets) = await ProtectedChildAsync(withOther: false);
        var look = await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        var lookAlone = await (await exchange.AsAsync("hareford-ed")).LookUpAsync(alone.NhsNumber);
        var other = await exchange.AsAsync("authority-xbr02");
        var number = $"https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}";
        var own = (await other.GetAsync($"EpisodeOfCare?patient:identifier={number}")).Entries("EpisodeOfCare");

        own.Should().ContainSingle();
        var id = own[0].GetProperty("id").GetString();
        foreach (
            var path in new[]
            {
                $"AuditEvent?patient:identifier={number}",
                $"Flag?patient:identifier={number}&_include=Flag:author&_include=Flag:subject",
                $"Patient?identifier={number}&_revinclude=EpisodeOfCare:patient",
                $"EpisodeOfCare/{id}/_history",
                $"AuditEvent/{await IdOfAsync(look)}",
                "$worklist?state=untold,told,taken",
            }
        )
        {
            var answer = await other.GetAsync(path);
            answer.Status.Should().Be(200, path + answer.Text);
            Holds(answer, secrets);
        }

        foreach (var path in new[] { $"AuditEvent/{await IdOfAsync(lookAlone)}" }.Concat(aloneSecrets.Addresses))
            (await other.GetAsync(path)).Status.Should().Be(404, path);
        (
            await other.GetAsync(
                $"AuditEvent?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{alone.NhsNumber.Digits}"
            )
        )
            .Total.Should()
            .Be(0);
        (await exchange.RecordOfAsync(lookAlone)).GetRawText().Should().NotContain("XHF01", "the operator's view");
    }

    [Fact]
    public async Task The_authority_itself_is_told_and_sees_everything()
    {
        var (child, secrets) = await ProtectedChildAsync(withOther: false);
        var look = await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        var authority = await exchange.AsAsync("authority-xhf01");

        var access = await authority.GetAsync($"AuditEvent/{await IdOfAsync(look)}");
        access.Status.Should().Be(200, access.Text);
        access.Text.Should().Contain("EpisodeOfCare/");
        foreach (var address in secrets.Addresses)
            (await authority.GetAsync(address)).Status.Should().Be(200, address);
        (
            await authority.GetAsync(
                $"EpisodeOfCare?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}"
            )
        )
            .Text.Should()
            .Contain("v3-Confidentiality");
        (await exchange.OccurrenceOfAsync(look))
            .Obligations.Should()
            .ContainSingle(told => told.Authority.Value == "XHF01");
    }

    [Fact]
    public async Task An_access_from_before_the_mark_is_listed_no_more_and_one_under_it_never()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var (ed, other) = (await exchange.AsAsync("hareford-ed"), await exchange.AsAsync("nhs-111-north"));
        await ed.LookUpAsync(child.NhsNumber);
        (await ChangeAsync(child, "authority-xhf01-worker", "protect")).Status.Should().Be(200);
        await exchange.UploadAsync(
            "authority-xbr02",
            child with
            {
                Plans = [exchange.Plan() with { PlanId = $"B-{child.NhsNumber.Digits[3..]}" }],
            }
        );

        var under = await (await exchange.AsAsync("gp-hareford")).LookUpAsync(child.NhsNumber);
        under.Entries("AuditEvent", "include").Should().BeEmpty("the access before showed the protected plan alone");
        var both = await other.LookUpAsync(child.NhsNumber);
        both.Entries("AuditEvent", "include").Should().ContainSingle().Which.GetRawText().Should().NotContain("XED01");
        var freed = await ChangeAsync(child, "authority-xhf01-lead", "unprotect");

        freed.Status.Should().Be(200, freed.Text);
        var after = await (await exchange.AsAsync("gp-hareford")).LookUpAsync(child.NhsNumber);
        after.Total.Should().Be(2);
        after.Text.Should().Contain("Harefordshire County Council").And.NotContain("protected record");
    }

    [Fact]
    public async Task Only_a_lead_ends_it_with_a_reason_and_both_steps_are_on_record()
    {
        var (child, _) = await ProtectedChildAsync(withOther: false);

        (await ChangeAsync(child, "authority-xhf01-worker", "unprotect")).Status.Should().Be(403);
        (await ChangeAsync(child, "authority-xhf01", "protect")).Status.Should().Be(403, "a system is no person");
        (await ChangeAsync(child, "authority-xhf01-lead", "unprotect", """{"resourceType":"Parameters"}"""))
            .Status.Should()
            .Be(400);
        (await ChangeAsync(child, "authority-xbr02", "unprotect")).Status.Should().BeOneOf(403, 404);
        (
            await (await exchange.AsAsync("hareford-ed")).PostAsync(
                $"Patient/{await PatientAsync(child)}/$unprotect",
                Reason
            )
        )
            .Status.Should()
            .Be(403);
        (await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber)).Text.Should().Contain(Held);

        var freed = await ChangeAsync(child, "authority-xhf01-lead", "unprotect");

        freed.Issue.Diagnostics.Should().StartWith("No longer protected: 1 plan.");
        var kept = await exchange.OccurrenceOfAsync(freed);
        (kept.Interaction, kept.Reason, kept.Child, kept.Person!.SdsUserId)
            .Should()
            .Be(
                (
                    "Patient/$unprotect",
                    "Family in flight",
                    (NhsNumber?)child.NhsNumber,
                    RunningExchange.Client("authority-xhf01-lead").User!.SdsUserId
                )
            );
        (await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber)).Text.Should().NotContain(Held);
        (await exchange.SendMarkedAsync("authority-xhf01", child)).Status.Should().Be(200);
        (await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber))
            .Text.Should()
            .Contain(Held, "an upload that still sends the mark sets it again");
    }

    private async Task<(SyntheticChild Child, Secrets Secrets)> ProtectedChildAsync(bool withOther)
    {
        var child = exchange.NewChild(
            exchange.Plan(start: new DateOnly(2026, 4, 17)),
            exchange.Plan(PlanTypes.LookedAfter, start: new DateOnly(2026, 4, 19))
        ) with
        {
            Family = "Secretley",
            BirthDate = new DateOnly(2018, 2, 13),
        };
        await exchange.UploadMarkedAsync("authority-xhf01", child);
        if (withOther)
            await exchange.UploadAsync(
                "authority-xbr02",
                child with
                {
                    Family = "Openley",
                    LocalId = "B-LOCAL",
                    BirthDate = new DateOnly(2018, 3, 14),
                    Plans = [exchange.Plan() with { PlanId = $"B-{child.NhsNumber.Digits[3..]}" }],
                }
            );
        var authority = await exchange.AsAsync("authority-xhf01");
        var held = await authority.GetAsync(
            $"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}&_revinclude=EpisodeOfCare:patient&_revinclude=Flag:patient"
        );
        var records = held.AllEntries.Select(entry => entry.GetProperty("resource")).ToList();
        records.Should().HaveCount(5);
        string[] ids = [.. records.Select(record => record.GetProperty("id").GetString()!)];
        return (
            child,
            new Secrets(
                [
                    "XHF01",
                    "Harefordshire County Council",
                    "960001",
                    "960101",
                    "Secretley",
                    "SECRETLEY",
                    "2018-02-13",
                    "13 February 2018",
                    "2026-04-17",
                    "2026-04-19",
                    child.LocalId!,
                    .. child.Plans.Select(plan => plan.PlanId),
                    .. ids,
                ],
                [
                    .. records
                        .OrderBy(record => record.GetProperty("resourceType").GetString(), StringComparer.Ordinal)
                        .Select(record =>
                            $"{record.GetProperty("resourceType").GetString()}/{record.GetProperty("id").GetString()}"
                        ),
                ]
            )
        );
    }

    private static void Holds(Answer answer, Secrets secrets)
    {
        var everything =
            answer.Text + string.Join('\n', answer.Headers.Select(header => $"{header.Key}: {header.Value}"));
        foreach (var secret in secrets.Words)
            everything.Should().NotContain(secret);
    }

    private static string[] Texts(Answer answer) =>
        [
            .. answer
                .Entries("OperationOutcome", "outcome")
                .Single()
                .GetProperty("issue")
                .EnumerateArray()
                .Select(issue => issue.GetProperty("diagnostics").GetString()!),
        ];

    private async Task<string> IdOfAsync(Answer answer) =>
        (await exchange.RecordOfAsync(answer)).GetProperty("id").GetString()!;

    private async Task<string> PatientAsync(SyntheticChild child) =>
        (
            await (await exchange.AsAsync("authority-xhf01")).GetAsync(
                $"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}"
            )
        )
            .Entries("Patient")[0]
            .GetProperty("id")
            .GetString()!;

    private async Task<Answer> ChangeAsync(
        SyntheticChild child,
        string client,
        string operation,
        string body = Reason
    ) => await (await exchange.AsAsync(client)).PostAsync($"Patient/{await PatientAsync(child)}/${operation}", body);

    /// <summary>What nobody else may read of a child.</summary>
    /// <param name="Words">Parts of text.</param>
    /// <param name="Addresses">Of its records.</param>
    private sealed record Secrets(IReadOnlyList<string> Words, IReadOnlyList<string> Addresses);
}
