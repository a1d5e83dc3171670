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

    private async Task<long> OpenAsync(string authority = "XHF01") =>
        (
            await exchange
                .Services.GetRequiredService<INotificationStore>()
                .ReadOpenObligationsAsync(OdsCode.Parse(authority), TestContext.Current.CancellationToken)
        ).Count;
}
