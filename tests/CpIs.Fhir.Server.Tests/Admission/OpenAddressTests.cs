using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Admission;

/// <summary>HEAD of what anyone may read is GET without a body.</summary>
public sealed class OpenAddressTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("metadata")]
    [InlineData(".well-known/smart-configuration")]
    [InlineData("/.well-known/webhook-keys.json")]
    [InlineData("/profiles")]
    [InlineData("/validate")]
    [InlineData("StructureDefinition/CPIS-Flag")]
    public async Task It_has_the_status_and_headers_of_GET(string path)
    {
        var get = await exchange.Anonymous.GetAsync(path);
        var head = await exchange.Anonymous.SendAsync(HttpMethod.Head, path, null);

        get.Status.Should().Be(200, get.Text);
        head.Status.Should().Be(200);
        head.Bytes.Should().BeEmpty();
        head.Headers["Content-Type"].Should().Be(get.Headers["Content-Type"]);
    }
}
