using CpIs.Fhir.Architecture.Tests.Circles.Longer.Three;

namespace CpIs.Fhir.Architecture.Tests.Circles.Longer.Two;

internal sealed record Second(IThird? Next);
