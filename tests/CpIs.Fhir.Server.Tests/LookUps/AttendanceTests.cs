using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>What makes two look-ups one notice, over HTTP.</summary>
public sealed class AttendanceTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task Nurse_and_doctor_of_one_department_twenty_minutes_apart_are_one_notice()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var before = await OpenAsync();
        var first = exchange.Clock.GetUtcNow();

        (await (await exchange.AsAsync("hareford-ed-triage")).LookUpAsync(child.NhsNumber)).Total.Should().Be(1);
        exchange.MoveTo(first.AddMinutes(20));
        await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        (await OpenAsync() - before).Should().Be(1, "it is one attendance");

        await (await exchange.AsAsync("brookshire-ed")).LookUpAsync(child.NhsNumber);
        (await OpenAsync() - before).Should().Be(2, "another department is another attendance");
        exchange.MoveTo(first.AddHours(5));
        await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        (await OpenAsync() - before).Should().Be(3, "it had ended");
    }

    [Fact]
    public async Task A_plan_that_was_uploaded_meanwhile_is_a_notice_of_its_own()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var (before, others) = (await OpenAsync(), await OpenAsync("XBR02"));
        var setting = await exchange.AsAsync("hareford-ed");
        await setting.LookUpAsync(child.NhsNumber);
        await exchange.UploadAsync("authority-xbr02", child);

        await setting.LookUpAsync(child.NhsNumber);
        await setting.LookUpAsync(child.NhsNumber);

        (await OpenAsync() - before).Should().Be(1);
        (await OpenAsync("XBR02") - others).Should().Be(1);
    }

    [Fact]
    public async Task An_authority_finds_the_accesses_of_an_attendance_by_its_id_later_ones_too_and_nobody_elses()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var first = exchange.Clock.GetUtcNow();
        var ed = await exchange.AsAsync("hareford-ed-triage");
        var opener = (await exchange.RecordOfAsync(await ed.LookUpAsync(child.NhsNumber)))
            .GetProperty("id")
            .GetString();
        exchange.MoveTo(first.AddMinutes(20));
        var later = await exchange.RecordOfAsync(
            await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber)
        );
        var elsewhere = await exchange.RecordOfAsync(
            await (await exchange.AsAsync("brookshire-ed")).LookUpAsync(child.NhsNumber)
        );
        var silent = await exchange.RecordOfAsync(
            await (await exchange.AsAsync("gp-hareford")).LookUpAsync(child.NhsNumber)
        );
        var authority = await exchange.AsAsync("authority-xhf01");

        var found = await authority.GetAsync(ById(opener));
        found.Total.Should().Be(2);
        Ids(found).Should().BeEquivalentTo(opener, Id(later));
        foreach (var access in found.Entries("AuditEvent"))
            access.GetRawText().Should().Contain($"{{\"system\":\"{FhirSystems.Attendance}\",\"value\":\"{opener}\"}}");
        (await authority.GetAsync($"AuditEvent/{Id(later)}")).Text.Should().Contain($"\"{opener}\"");

        exchange.MoveTo(first.AddHours(2));
        await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        exchange.MoveTo(first.AddHours(7));
        await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        authority = await exchange.AsAsync("authority-xhf01");
        (await authority.GetAsync(ById(opener))).Total.Should().Be(3, "what came later is of it, until it ended");
        (await authority.GetAsync(ById(opener) + "&_count=1")).Entries("AuditEvent").Should().ContainSingle();
        (await authority.GetAsync(ById(Id(elsewhere)))).Total.Should().Be(1);

        // Nothing else is an attendance of this authority, in the same words.
        var absent = Shape(await authority.GetAsync(ById(Guid.NewGuid().ToString())));
        foreach (var none in new[] { Id(later), Id(silent) })
            Shape(await authority.GetAsync(ById(none))).Should().Be(absent);
        var other = await exchange.AsAsync("authority-xbr02");
        Shape(await other.GetAsync(ById(opener))).Should().Be(absent);
        var another = $"&patient:identifier={FhirSystems.NhsNumber}|{exchange.NewNumber().Digits}";
        Shape(await authority.GetAsync(ById(opener) + another)).Should().Be(absent);
        (
            await authority.GetAsync(
                ById(opener) + $"&patient:identifier={FhirSystems.NhsNumber}|{child.NhsNumber.Digits}"
            )
        )
            .Total.Should()
            .Be(3);
        (await (await exchange.AsAsync("operator")).GetAsync(ById(opener))).Status.Should().Be(403);
        var history = await (await exchange.AsAsync("hareford-ed")).GetAsync(
            $"AuditEvent?patient:identifier={FhirSystems.NhsNumber}|{child.NhsNumber.Digits}"
        );
        history.Status.Should().Be(200);
        history
            .Text.Should()
            .NotContain(FhirSystems.Attendance, "an attendance is between an authority and the exchange");

        static string ById(string? id) => $"AuditEvent?entity:identifier={FhirSystems.Attendance}|{id}";
        static string? Id(System.Text.Json.JsonElement access) => access.GetProperty("id").GetString();
        static IEnumerable<string?> Ids(Answer page) => page.Entries("AuditEvent").Select(Id);
        static string Shape(Answer page) => $"{page.Status} {page.Total} {page.Text.Contains("\"entry\"")}";
    }

    private async Task<long> OpenAsync(string authority = "XHF01") =>
        (
            await exchange
                .Services.GetRequiredService<INotificationStore>()
                .ReadOpenObligationsAsync(OdsCode.Parse(authority), TestContext.Current.CancellationToken)
        ).Count;
}
