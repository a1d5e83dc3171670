using CpIs.Fhir.Architecture.Tests.Circles.Members.Inside;

namespace CpIs.Fhir.Architecture.Tests.Circles.Members;

internal sealed record House(Room Room);
