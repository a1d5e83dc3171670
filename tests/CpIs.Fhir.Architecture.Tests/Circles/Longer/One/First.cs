using CpIs.Fhir.Architecture.Tests.Circles.Longer.Two;

namespace CpIs.Fhir.Architecture.Tests.Circles.Longer.One;

internal sealed record First(IReadOnlyList<Second> Next);
