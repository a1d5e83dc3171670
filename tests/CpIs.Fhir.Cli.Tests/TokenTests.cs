using System.Diagnostics;
using CpIs.Fhir.Cli.Tests.Stub;
using Microsoft.IdentityModel.JsonWebTokens;

namespace CpIs.Fhir.Cli.Tests;

public sealed class TokenTests : IDisposable
{
    private readonly Workshop _workshop = new();

    [Fact]
    public async Task Prints_the_bare_token_and_nothing_else()
    {
        await using var exchange = await StubExchange.StartAsync();
        var ended = await Invocation.RunAsync("token", "--server", exchange.Root, "--client", _workshop.Client);
        ended.Should().Be(new Ended(0, "stub-token" + Environment.NewLine, ""));
    }

    [Fact]
    public async Task Server_and_client_may_come_from_the_environment_and_the_server_may_be_the_FHIR_base()
    {
        await using var exchange = await StubExchange.StartAsync();
        var ended = await Invocation.RunAsync(
            ["token"],
            null,
            new Dictionary<string, string>
            {
                ["CPIS_SERVER"] = exchange.Root + "/FHIR/R4/",
                ["CPIS_CLIENT"] = _workshop.Client,
            }
        );
        ended.Code.Should().Be(0);
    }

    [Fact]
    public async Task Proves_the_client_by_an_assertion_for_the_published_endpoint_with_the_named_person()
    {
        await using var exchange = await StubExchange.StartAsync();
        var user = _workshop.Write(
            "user.json",
            """{"sdsUserId":"555","roleCode":"R0260","roleName":"GP","name":"Test Person","activities":["B0107"]}"""
        );
        await Invocation.RunAsync(
            "token",
            "--server",
            exchange.Root,
            "--client",
            _workshop.Client,
            "--user",
            user,
            "--scope",
            "user/Flag.s"
        );
        var form = Uri.UnescapeDataString(exchange.To("POST /oauth2/token").Single().Body).Split('&');
        form.Should().Contain("grant_type=client_credentials").And.Contain("scope=user/Flag.s");
        var assertion = new JsonWebToken(
            form.Single(f => f.StartsWith("client_assertion=", StringComparison.Ordinal))[17..]
        );
        assertion.Issuer.Should().Be("test-client");
        assertion.Audiences.Should().Equal(exchange.Root + "/oauth2/token");
        assertion
            .GetPayloadValue<System.Text.Json.JsonElement>("cpis_user")
            .GetProperty("name")
            .GetString()
            .Should()
            .Be("Test Person");
    }

    [Fact]
    public async Task A_refused_client_is_exit_1_with_the_servers_reason_in_one_line()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(
            "POST /oauth2/token",
            new Reply(401, """{"error":"invalid_client","error_description":"The client is suspended."}""")
        );
        var ended = await Invocation.RunAsync("token", "--server", exchange.Root, "--client", _workshop.Client);
        ended.Code.Should().Be(1);
        ended.Out.Should().BeEmpty();
        ended.Error.Trim().Should().Be("cpis: no token for this client (HTTP 401): The client is suspended.");
    }

    [Theory]
    [InlineData("token", "--server", "http://127.0.0.1:1")]
    [InlineData("token", "--server", "ftp://nowhere")]
    [InlineData("token", "--server", "http://cpis.example")]
    [InlineData("token", "--nonsense")]
    [InlineData("nonsense")]
    [InlineData("upload")]
    [InlineData("org", "add", "XHF01", "--kind", "authority", "--name", "No phone")]
    [InlineData("listen", "--port", "70000")]
    public async Task What_cannot_run_is_exit_2_with_nothing_on_standard_output_and_no_stack_trace(params string[] args)
    {
        var ended = await Invocation.RunAsync([.. args, "--client", _workshop.Client]);
        ended.Code.Should().Be(2);
        ended.Out.Should().BeEmpty();
        ended.Error.Should().StartWith("cpis: ").And.NotContain("   at ").And.NotContain("Exception");
    }

    [Fact]
    public async Task A_client_file_that_is_none_is_said_so()
    {
        var ended = await Invocation.RunAsync("token", "--client", _workshop.Write("bad.json", "{\"clientId\":3}"));
        ended.Code.Should().Be(2);
        ended.Error.Should().Contain("bad.json is not a client file");
    }

    [Fact]
    public async Task Every_command_has_help_with_an_example()
    {
        foreach (
            var path in new[]
            {
                "token",
                "upload",
                "lookup",
                "listen",
                "subscribe",
                "population",
                "org add",
                "org list",
                "org suspend",
                "org restore",
                "client add",
                "client list",
                "client suspend",
                "client restore",
                "key new",
                "keys list",
                "keys rotate",
                "protection new-key-file",
                "protection add-key",
                "protection use-key",
            }
        )
        {
            var ended = await Invocation.RunAsync([.. path.Split(' '), "--help"]);
            ended.Code.Should().Be(0, path);
            ended.Out.Should().Contain("Examples:", path).And.Contain("cpis " + path, path);
        }
    }

    [Fact]
    public async Task As_a_process_it_starts_and_ends_with_the_exit_code()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "cpis.dll"), "lookup", "1234567890" },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.Should().Be(2);
        error.Should().StartWith("cpis: this is not a valid NHS number");
    }

    public void Dispose() => _workshop.Dispose();
}
