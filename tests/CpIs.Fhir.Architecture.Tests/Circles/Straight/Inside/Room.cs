namespace CpIs.Fhir.Architecture.Tests.Circles.Straight.Inside;

internal sealed record Room(int Number);
