using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Administration;

namespace CpIs.Fhir.Server.Tests.Security;

public sealed class JsonFormTests
{
    [Theory]
    [InlineData("""{"name":"half \ud800"}""")]
    [InlineData("""{"\udc00":"a name"}""")]
    [InlineData("""{"list":[{"deep":"\ud83d-"}]}""")]
    public void Half_of_a_surrogate_pair_is_refused(string body) =>
        JsonForm.Parse(Encoding.UTF8.GetBytes(body)).Refusal!.Kind.Should().Be(RefusalKind.Malformed);

    [Fact]
    public void What_is_not_UTF_8_is_refused() =>
        JsonForm.Parse(Encoding.Latin1.GetBytes("{\"name\":\"ÿ\"}")).Refusal!.Kind.Should().Be(RefusalKind.Malformed);

    [Fact]
    public void A_whole_pair_is_read() =>
        JsonForm.Parse("""{"name":"\ud83d\ude00"}"""u8.ToArray()).Value.Text("name", true).Should().Be("😀");
}
