using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Clients;

/// <summary>The server with today's clock: a receiver compares the time of a notice with its own.</summary>
public sealed class ExchangeOfToday : RunningExchange
{
    public ExchangeOfToday() => Clock.MoveTo(DateTimeOffset.UtcNow);
}

/// <summary>
/// The receivers of examples/subscriber, each as it stands there: they verify, tell each event once, fetch what they missed, and take events in the
/// name of a person.
/// </summary>
public sealed class ReceiverTests(ExchangeOfToday exchange) : IClassFixture<ExchangeOfToday>
{
    private static readonly string Folder = Path.Combine(BuiltProfiles.Repository(), "examples", "subscriber");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static bool IsCi => Environment.GetEnvironmentVariable("CI") == "true";

    [Theory]
    [InlineData("app.cs", "authority-xhf01")]
    [InlineData("receiver.py", "authority-xst05")]
    [InlineData("receiver.py", "authority-xbr02")]
    [InlineData("receiver.mjs", "authority-xmv03")]
    [InlineData("receiver.mjs", "authority-xbr02")]
    public async Task A_receiver_tells_each_event_once_fetches_what_it_missed_and_takes_it(string file, string client)
    {
        var (program, arguments) = await CommandOfAsync(file);
        string[] options =
        [
            "--server",
            exchange.Root.ToString(),
            "--client",
            Path.Combine(BuiltProfiles.Repository(), "examples", "clients", client + ".json"),
            "--port",
        ];
        string endpoint;
        string one;
        await using (var first = RunningProgram.Start(Folder, program, [.. arguments, .. options, "0"]))
        {
            await first.SaysAsync("listening on ");
            await first.SaysAsync("handshake, signature verified");
            endpoint = Regex.Match(first.Said, "listening on (.*)").Groups[1].Value;
            one = await LookUpAsync(client);
            await first.SaysAsync("event 1\n");
            await first.SaysAsync($"AuditEvent/{one}: ");
            (await ForgedAsync(endpoint)).Should().Be(HttpStatusCode.BadRequest);
            first.Said.Should().NotContain("taken by", "no person was named");
        }

        // A receiver without its memory: the handshake says that there was an event, and it fetches it.
        var port = new Uri(endpoint).Port.ToString();
        await using var second = RunningProgram.Start(
            Folder,
            program,
            [.. arguments, .. options, port, "--person", "Ann Example"]
        );
        await second.SaysAsync("events 1 to 1 were missed; fetching them");
        await second.SaysAsync($"AuditEvent/{one}: ");
        await second.SaysAsync("1 taken by Ann Example");
        var two = await LookUpAsync(client);
        await second.SaysAsync($"AuditEvent/{two}: ");
        await second.SaysAsync("1 taken by Ann Example", 2);

        // The same notice once more, under the id that it had, is taken and not told again.
        var authority = await exchange.AsAsync(client);
        var id = await SubscriptionOfAsync(authority, endpoint);
        (await authority.PostAsync($"Subscription/{id}/$resend?first=2", "")).Status.Should().Be(200);
        await Eventually.TrueAsync(async () =>
            Count((await authority.GetAsync($"Subscription/{id}/$attempts")).Text, "event-notification") == 3
        );
        second.Times("event 2\n").Should().Be(1, second.Said);
        (await authority.GetAsync("$worklist?state=taken")).Text.Should().Contain(one).And.Contain(two);
        (await authority.GetAsync("$worklist")).Text.Should().NotContain(one).And.NotContain(two);
        (await authority.SendAsync(HttpMethod.Delete, $"Subscription/{id}", null)).Status.Should().Be(204);
    }

    private async Task<string> LookUpAsync(string client)
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync(client, child);
        var answer = await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        answer.Status.Should().Be(200, answer.Text);
        return (await exchange.OccurrenceOfAsync(answer)).Id;
    }

    private static async Task<string> SubscriptionOfAsync(Speaker authority, string endpoint)
    {
        var found = await authority.GetAsync("Subscription?url=" + Uri.EscapeDataString(endpoint));
        return found.Entries("Subscription").Should().ContainSingle().Subject.GetProperty("id").GetString()!;
    }

    /// <summary>Anybody may post to an endpoint; only what the exchange signed is believed.</summary>
    private static async Task<HttpStatusCode> ForgedAsync(string endpoint)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Headers.Add("webhook-id", "forged");
        request.Headers.Add("webhook-timestamp", DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString());
        request.Headers.Add("webhook-signature", "v1a," + Convert.ToBase64String(new byte[64]));
        request.Content = new StringContent("{}", Encoding.UTF8, "application/fhir+json");
        return (await http.SendAsync(request, Cancellation)).StatusCode;
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static async Task<(string Program, string[] Arguments)> CommandOfAsync(string file)
    {
        switch (Path.GetExtension(file))
        {
            case ".cs":
                await BuildAsync(file);
                return ("dotnet", ["run", "--no-build", file, "--"]);
            case ".mjs":
                Assert.SkipUnless(
                    IsCi || await RunsAsync("node", "--version"),
                    "Node is needed: apt-get install nodejs"
                );
                return ("node", [file]);
            default:
                foreach (var python in new[] { "python3", "/usr/bin/python3" })
                    if (await RunsAsync(python, "-c", "import cryptography"))
                        return (python, [file]);
                Assert.SkipUnless(IsCi, "Python's cryptography is needed: apt-get install python3-cryptography");
                throw new InvalidOperationException("Python's cryptography is missing, and CI skips nothing.");
        }
    }

    /// <summary>With a compiler of its own, which ends with it: another build on this machine goes on when the receiver is ended.</summary>
    private static async Task BuildAsync(string file)
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", ["build", file, "-nologo", "-v", "quiet"])
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
                Environment = { ["UseSharedCompilation"] = "false", ["MSBUILDDISABLENODEREUSE"] = "1" },
            }
        )!;
        var said = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        process.ExitCode.Should().Be(0, said);
    }

    private static async Task<bool> RunsAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            await process.WaitForExitAsync(Cancellation);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
