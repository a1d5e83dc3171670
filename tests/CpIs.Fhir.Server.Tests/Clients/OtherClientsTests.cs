using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.Clients;

/// <summary>
/// The clients of other languages, untouched, do the whole job of an authority and of a setting. What each does is in tests/clients, in
/// its own language; the first run installs what it needs.
/// </summary>
public sealed class OtherClientsTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private const string PlanSystem = "https://fhir.cpis.example/Id/plan/XHF01";
    private static readonly SemaphoreSlim Installing = new(1);

    private static string Folder => Path.Combine(BuiltProfiles.Repository(), "tests", "clients");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fhir-kit-client.mjs")]
    [InlineData("fhirclient.mjs")]
    public async Task A_client_of_npm_does_the_whole_job(string script)
    {
        await InstallAsync();
        var job = await JobAsync();

        var (code, said) = await RunAsync("node", [script], job.ToJsonString());

        code.Should().Be(0, said);
        said.Should().EndWith("done\n");
    }

    [Fact]
    public async Task Curl_does_the_whole_job()
    {
        var job = await JobAsync();
        var further = job["further"]!;
        further["patient"]!["reference"] = $"Patient?identifier={FhirSystems.NhsNumber}|{job["nhsNumber"]}";
        var folder = Directory.CreateTempSubdirectory("cpis-curl-");
        foreach (
            var (name, text) in new[]
            {
                ("base", (string)job["base"]!),
                ("authority", (string)job["authority"]!),
                ("setting", (string)job["setting"]!),
                ("nhs-number", (string)job["nhsNumber"]!),
                ("plan", $"{PlanSystem}|{further["identifier"]![0]!["value"]}"),
                ("upload.json", job["upload"]!.ToJsonString()),
                ("further.json", further.ToJsonString()),
                ("subscription.json", job["subscription"]!.ToJsonString()),
            }
        )
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, name), text, Cancellation);

        var (code, said) = await RunAsync("bash", ["curl.sh", folder.FullName], "");

        folder.Delete(recursive: true);
        code.Should().Be(0, said);
        said.Should().EndWith("done\n");
    }

    private async Task<JsonObject> JobAsync()
    {
        var child = exchange.NewChild(exchange.Plan(), exchange.Plan(PlanTypes.LookedAfter));
        var whole = JsonNode.Parse(
            Encoding.UTF8.GetString(SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [child]).Span)
        )!;
        var entries = whole["entry"]!.AsArray();
        var further = entries[2]!["resource"]!.DeepClone();
        entries.RemoveAt(2);
        var subscription = JsonNode
            .Parse(
                await File.ReadAllTextAsync(
                    Path.Combine(BuiltProfiles.Repository(), "examples", "resources", "Subscription-XHF01-1.json"),
                    Cancellation
                )
            )!
            .AsObject();
        subscription.Remove("id");
        subscription["status"] = "requested";
        return new JsonObject
        {
            ["base"] = exchange.FhirBase.ToString().TrimEnd('/'),
            ["authority"] = await TokenAsync("authority-xhf01"),
            ["setting"] = await TokenAsync("hareford-ed"),
            ["today"] = exchange.Today.ToString("yyyy-MM-dd"),
            ["nhsNumber"] = child.NhsNumber.Digits,
            ["planSystem"] = PlanSystem,
            ["episode"] = entries[1]!["resource"]!.DeepClone(),
            ["upload"] = whole,
            ["further"] = further,
            ["subscription"] = subscription,
        };
    }

    private async Task<string> TokenAsync(string client) =>
        (await exchange.AsAsync(client)).Authorization!["Bearer ".Length..];

    private static async Task InstallAsync()
    {
        await Installing.WaitAsync(Cancellation);
        try
        {
            if (Directory.Exists(Path.Combine(Folder, "node_modules", "fhirclient")))
                return;
            var (code, said) = await RunAsync("npm", ["ci"], "");
            code.Should().Be(0, said);
        }
        finally
        {
            Installing.Release();
        }
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, string[] arguments, string input)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (told, failed) = (
            process.StandardOutput.ReadToEndAsync(Cancellation),
            process.StandardError.ReadToEndAsync(Cancellation)
        );
        await process.StandardInput.WriteAsync(input.AsMemory(), Cancellation);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await failed + await told);
    }
}
