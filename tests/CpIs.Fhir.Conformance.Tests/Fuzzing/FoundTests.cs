namespace CpIs.Fhir.Conformance.Tests.Fuzzing;

/// <summary>Inputs that fuzzing found, each of which once stopped the validator or made a verdict that was none.</summary>
public sealed class FoundTests
{
    [Theory]
    // The SDK's reader throws on a property without name, and was asked for the model by an invariant.
    [InlineData(
        "{\"resourceType\":\"Organization\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":null,\"profile\":[-2]},\"identifier\":[{\"system\":\"https://fhir.nhs.uk/Id/ods-organization-code\",\"value\":\"XHF01\"}],\"name\":\"Harefordshire County Council (synthetic)\",\"telecom\":[{\"system\":\"phone\",\"value\":\"01632 960001\",\"use\":\"work\",\"rank\":1},{\"extension\":[{\"url\":\"https://fhir.cpis.example/StructureDefinition/emergency-duty\",\"valueBoolean\":true}],\"system\":\"phone\",\"value\":\"0800 DUTY\",\"use\":0,\"rank\":2,\"\":null}]}"
    )]
    // A property that has the name of a variable.
    [InlineData("{\"resourceType\":\"Patient\",\"name\":[{\"$this\":1}]}")]
    public void It_gets_a_verdict(string json) =>
        Verdicts.Check(System.Text.Encoding.UTF8.GetBytes(json)).IsValid.Should().BeFalse();
}
