using System.Diagnostics;
using CpIs.Fhir.EndToEnd.Tests.Processes;

namespace CpIs.Fhir.EndToEnd.Tests.Pages;

/// <summary>The package that a server gives out is the one that the tool makes.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-package-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_package_of_the_server_has_the_bytes_that_cpis_profiles_pack_writes()
    {
        await using var exchange = await ExchangeProcess.StartAsync(Path.Combine(_folder, "data"));
        var file = Path.Combine(_folder, "packed.tgz");
        using var pack = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [Repository.Program("CpIs.Fhir.Cli", "cpis"), "profiles", "pack", "--out", file]
            )
            {
                WorkingDirectory = Repository.Root,
            }
        )!;
        await pack.WaitForExitAsync(TestContext.Current.CancellationToken);
        pack.ExitCode.Should().Be(0);
        using var http = new HttpClient();

        var served = await http.GetByteArrayAsync(
            new Uri(exchange.Root, "/profiles/package"),
            TestContext.Current.CancellationToken
        );

        served.Should().Equal(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }
}
