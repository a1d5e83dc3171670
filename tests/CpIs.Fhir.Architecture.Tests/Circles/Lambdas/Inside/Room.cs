namespace CpIs.Fhir.Architecture.Tests.Circles.Lambdas.Inside;

internal sealed record Room(int Number)
{
    public static Type Of => typeof(House);
}
