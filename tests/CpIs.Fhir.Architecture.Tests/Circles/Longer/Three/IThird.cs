using CpIs.Fhir.Architecture.Tests.Circles.Longer.One;

namespace CpIs.Fhir.Architecture.Tests.Circles.Longer.Three;

internal interface IThird
{
    First? Back { get; }
}
