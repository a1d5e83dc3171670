namespace CpIs.Fhir.Conformance.Tests.Fuzzing;

/// <summary>Inputs that fuzzing found, each of which once stopped the validator or made a verdict that was none.</summary>
public sealed class FoundTests
{
    [Theory]
    // The SDK's reader throws on a property without name, and was asked for the model by an invariant.
    [InlineData("{\"resourceType\":\"Patient\",\"\":1,\"contact\":[{\"gender\":\"male\"}],\"name\":[{\"_\":{}}]}")]
    [InlineData(
        "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"fullUrl\":\"urn:uuid:c757873d-ec9a-4326-a141-556f43239520\",\"resource\":{\"resourceType\":\"AuditEvent\",\"\":\"\"}}]}"
    )]
    // A property that has the name of a variable.
    [InlineData("{\"resourceType\":\"Patient\",\"name\":[{\"$this\":1}]}")]
    public void It_gets_a_verdict(string json) =>
        Verdicts.Check(System.Text.Encoding.UTF8.GetBytes(json)).IsValid.Should().BeFalse();
}
