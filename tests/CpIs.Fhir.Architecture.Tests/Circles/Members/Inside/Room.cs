namespace CpIs.Fhir.Architecture.Tests.Circles.Members.Inside;

internal sealed record Room(House House);
