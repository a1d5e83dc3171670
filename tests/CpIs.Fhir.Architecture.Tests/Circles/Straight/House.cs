using CpIs.Fhir.Architecture.Tests.Circles.Straight.Inside;

namespace CpIs.Fhir.Architecture.Tests.Circles.Straight;

internal sealed record House(Room Room);
