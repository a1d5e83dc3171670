using CpIs.Fhir.Conformance.Definitions;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Conformance.Tests.Definitions;

public sealed class ResourceTypesTests
{
    [Fact]
    public void The_names_are_those_of_R4() => ResourceTypes.All.Should().BeEquivalentTo(ModelInfo.SupportedResources);
}
