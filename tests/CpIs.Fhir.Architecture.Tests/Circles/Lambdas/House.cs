using CpIs.Fhir.Architecture.Tests.Circles.Lambdas.Inside;

namespace CpIs.Fhir.Architecture.Tests.Circles.Lambdas;

internal static class House
{
    public static IEnumerable<object> Rooms(int count) => Enumerable.Range(1, count).Select(n => new Room(n));
}
