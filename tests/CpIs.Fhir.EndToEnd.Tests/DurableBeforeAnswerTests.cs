using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using CpIs.Fhir.EndToEnd.Tests.Processes;

namespace CpIs.Fhir.EndToEnd.Tests;

/// <summary>
/// Promise 1: no byte of a 200 or 4xx look-up answer leaves before its occurrence is durable. The real server runs under
/// strace, and for each answer the trace must show, in this order: the request read from its socket, the log of the
/// store written, that log forced to disk, the answer sent. The same reading of the trace finds no such sequence for a
/// request that records nothing, so it cannot pass by accident.
/// </summary>
public sealed partial class DurableBeforeAnswerTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-trace-").FullName;
    private ExchangeProcess? _exchange;

    private string Trace => Path.Combine(_folder, "trace");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(HasStrace(), "strace is not installed: apt-get install strace");
        _exchange = await ExchangeProcess.StartAsync(
            Path.Combine(_folder, "data"),
            [
                "strace",
                "-f",
                "-y",
                "-s",
                "4096",
                "-e",
                "trace=recvmsg,recvfrom,read,sendmsg,sendto,write,writev,pwrite64,fsync,fdatasync",
                "-o",
                Trace,
            ]
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_exchange is not null)
            await _exchange.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_record_of_a_look_up_is_forced_to_disk_before_the_first_byte_of_its_answer_is_sent()
    {
        using var setting = await Actor.SignInAsync(_exchange!, "hareford-ed-doctor");
        using var authority = await Actor.SignInAsync(_exchange!, "authority-xhf01");
        using var uploaded = await authority.PostJsonAsync(
            "",
            await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "examples/resources/Bundle-upload.json"))
        );
        uploaded.StatusCode.Should().Be(HttpStatusCode.OK, await uploaded.Content.ReadAsStringAsync());

        var hit = await StatusOf(setting.LookUpAsync("9990000018", Id(1)));
        var miss = await StatusOf(setting.LookUpAsync("9990001235", Id(2)));
        var malformed = await StatusOf(setting.LookUpAsync("1234567890", Id(3)));
        var forbidden = await StatusOf(authority.LookUpAsync("9990000018", Id(4)));
        // Each second something else may be written too, and under strace a request may take as long.
        int[] controls = [5, 6, 7, 8, 9];
        foreach (var control in controls)
            (await StatusOf(setting.PostJsonAsync("no-such-thing", "{}"u8.ToArray(), Id(control))))
                .Should()
                .BeInRange(403, 405);
        (hit, miss, malformed, forbidden).Should().Be((200, 200, 400, 403));
        await _exchange!.KillAsync();

        var trace = await File.ReadAllLinesAsync(Trace);
        for (var request = 1; request <= 4; request++)
            IsDurableBeforeSent(trace, Id(request))
                .Should()
                .BeTrue($"request {request} must be durable before its answer");
        controls
            .Should()
            .Contain(
                control => !IsDurableBeforeSent(trace, Id(control)),
                "a request that records nothing shows what the trace can tell"
            );
    }

    private static bool IsDurableBeforeSent(string[] trace, string requestId)
    {
        var received = Array.FindIndex(trace, line => Receive().IsMatch(line) && line.Contains(requestId));
        var sent = Array.FindIndex(trace, received + 1, line => Send().IsMatch(line) && line.Contains(requestId));
        received.Should().BePositive("the trace holds the request");
        sent.Should().BeGreaterThan(received, "the trace holds the answer");
        var (written, syncing) = (false, new HashSet<string>());
        for (var i = received + 1; i < sent; i++)
        {
            var process = trace[i].Split(' ', 2)[0];
            written |= LogWrite().IsMatch(trace[i]);
            if (written && LogSync().IsMatch(trace[i]))
            {
                if (trace[i].Contains("= 0", StringComparison.Ordinal))
                    return true;
                syncing.Add(process);
            }
            else if (syncing.Contains(process) && SyncResumed().IsMatch(trace[i]))
                return true;
        }

        return false;
    }

    private static async Task<int> StatusOf(Task<HttpResponseMessage> answer)
    {
        using var message = await answer;
        return (int)message.StatusCode;
    }

    private static string Id(int request) => $"00000000-0000-4000-8000-00000000000{request}";

    private static bool HasStrace()
    {
        try
        {
            using var strace = Process.Start(new ProcessStartInfo("strace", "-V") { RedirectStandardOutput = true });
            strace!.WaitForExit();
            return strace.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [GeneratedRegex(@"(recvmsg|recvfrom|read)(\(| resumed)")]
    private static partial Regex Receive();

    [GeneratedRegex(@"(sendmsg|sendto|writev|write)\(\d+<(TCP|socket)")]
    private static partial Regex Send();

    [GeneratedRegex(@"pwrite64\(\d+<[^>]*-wal>")]
    private static partial Regex LogWrite();

    [GeneratedRegex(@"(fdatasync|fsync)\(\d+<[^>]*-wal>")]
    private static partial Regex LogSync();

    [GeneratedRegex(@"<\.\.\. (fdatasync|fsync) resumed>.*= 0")]
    private static partial Regex SyncResumed();
}
