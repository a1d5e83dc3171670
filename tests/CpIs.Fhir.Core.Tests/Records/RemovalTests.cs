using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Tests.Records;

public sealed class RemovalTests
{
    [Theory]
    [InlineData(RecordType.Subscription)]
    [InlineData(RecordType.Organization)]
    public void What_is_no_record_is_never_removed(RecordType type)
    {
        var removal = () => new Removal(type, "x", 1);

        removal.Should().Throw<ArgumentOutOfRangeException>();
    }
}
