using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Server.Tests.LookUps;
using CpIs.Fhir.Synthetic;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>Promise 12: NHS numbers, names and dates of birth never appear in a log, whatever is configured.</summary>
public sealed class NoPersonalDataInLogsTests(LoudExchange exchange) : IClassFixture<LoudExchange>
{
    [Fact]
    public async Task Nothing_of_a_child_reaches_a_log_by_hits_misses_refusals_uploads_or_failures()
    {
        var child = exchange.NewChild() with { Family = "Unmistakable", Given = ["Logleak"] };
        var absent = exchange.NewNumber();
        var bundle = Encoding.UTF8.GetString(SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [child]).Span);
        var authority = await exchange.AsAsync("authority-xhf01");
        var setting = await exchange.AsAsync("hareford-ed");
        exchange.Services.GetRequiredService<ILoggerFactory>().CreateLogger("CpIs.Fhir.Probe").LogWarning("probe");

        await authority.PostAsync("", bundle);
        foreach (
            var (right, wrong) in new[]
            {
                ("\"birthDate\":\"", "\"birthDate\":\"x"),
                ("\"active\"", "\"planned\""),
                ("\"family\":\"", "\"family\":\" "),
                ("Patient?identifier", "Patient?name"),
                ("{\"system\"", "{\"Unmistakable\":1,\"system\""),
                ("\"type\":\"transaction\"", "\"type\":\"Unmistakable\""),
            }
        )
            (await authority.PostAsync("", bundle.Replace(right, wrong, StringComparison.Ordinal)))
                .Status.Should()
                .BeInRange(400, 499);
        await authority.PostAsync("", bundle[..^20]);
        foreach (var sent in new[] { bundle, bundle[..^20], bundle.Replace("\"birthDate\":\"", "\"birthDate\":\"x") })
        {
            await authority.PostAsync("Bundle/$validate?mode=create", sent);
            (await exchange.Anonymous.PostFormAsync("/validate", [new("text", sent)])).Status.Should().Be(200);
        }

        await authority.GetAsync($"Patient?identifier={child.NhsNumber.Digits}&family=Unmistakable");
        await authority.GetAsync($"Patient?Unmistakable={child.NhsNumber.Digits}");
        await authority.GetAsync($"Patient/{child.NhsNumber.Digits}");
        await authority.GetAsync($"Unmistakable/{child.NhsNumber.Digits}");
        foreach (var way in Enum.GetValues<Way>())
        {
            (await setting.AskAsync(way, child.NhsNumber.Digits)).Status.Should().Be(200);
            await setting.AskAsync(way, absent.Digits);
            await setting.AskAsync(way, child.NhsNumber.Digits + "0");
            await exchange.Anonymous.AskAsync(way, child.NhsNumber.Digits);
            exchange.Watch.Fails = _ => true;
            await setting.AskAsync(way, child.NhsNumber.Digits);
            exchange.Watch.Breaks = child.NhsNumber.Digits;
            (await setting.AskAsync(way, child.NhsNumber.Digits)).Status.Should().Be(500);
            exchange.Watch.Forget();
        }

        await setting.GetAsync($"Flag?Unmistakable={child.NhsNumber.Digits}");
        await setting.LookUpAsync(child.NhsNumber, ("IsUnscheduledAccessEvent", child.NhsNumber.Digits));
        await setting.LookUpAsync(child.NhsNumber, ("IsUnscheduledAccessEvent", "false"));
        await setting.LookUpAsync(child.NhsNumber, ("X-Request-ID", child.NhsNumber.Digits));

        exchange.Logs.Text.Should().Contain("probe").And.Contain("could not be checked").And.Contain("failed with");
        foreach (
            var secret in new[]
            {
                child.NhsNumber.Digits,
                absent.Digits,
                child.Family,
                child.Given[0],
                child.LocalId,
                $"{child.BirthDate:yyyy-MM-dd}",
            }
        )
            exchange
                .Logs.Lines.Where(line => line.Contains(secret, StringComparison.OrdinalIgnoreCase))
                .Should()
                .BeEmpty();
    }
}

/// <summary>A server that is told to log everything, and whose store can be broken.</summary>
public sealed class LoudExchange : RunningExchange
{
    public StoreWatch Watch { get; } = new();

    protected override object Settings =>
        new Dictionary<string, object>
        {
            ["Demo"] = new { Seed = false },
            ["Logging"] = new Dictionary<string, object>
            {
                ["LogLevel"] = new Dictionary<string, string>
                {
                    ["Default"] = "Trace",
                    ["Microsoft"] = "Trace",
                    ["Microsoft.AspNetCore"] = "Trace",
                    ["OpenIddict"] = "Trace",
                    ["CpIs"] = "Trace",
                },
            },
        };

    protected override void Adjust(IServiceCollection services)
    {
        services.AddSingleton(Watch).AddSingleton<WatchedStore>();
        services.AddSingleton<IRecordStore>(p => p.GetRequiredService<WatchedStore>());
        services.AddSingleton<IOccurrenceStore>(p => p.GetRequiredService<WatchedStore>());
    }
}
