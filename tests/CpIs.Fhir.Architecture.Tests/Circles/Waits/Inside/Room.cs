namespace CpIs.Fhir.Architecture.Tests.Circles.Waits.Inside;

internal sealed record Room(int Number)
{
    public static Task<string?> NameAsync() => House.NameAsync();
}
