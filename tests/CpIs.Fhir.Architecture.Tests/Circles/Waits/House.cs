using CpIs.Fhir.Architecture.Tests.Circles.Waits.Inside;

namespace CpIs.Fhir.Architecture.Tests.Circles.Waits;

internal static class House
{
    public static async Task<string?> NameAsync()
    {
        await Task.Yield();
        return new Room(1).ToString();
    }
}
