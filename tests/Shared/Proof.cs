namespace CpIs.Fhir.Tests.Shared;

/// <summary>How much a test does that proves more the longer it runs: little every day, and in full in <c>.ci/prove</c>.</summary>
internal static class Proof
{
    /// <summary>Trait of a test that is long and all proof: CI leaves it out, <c>dotnet test</c> and <c>.ci/prove</c> do not.</summary>
    public const string Long = "LongProof";

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CPIS_PROVE") is { Length: > 0 };

    public static int Of(int everyDay, int inFull) => IsFull ? inFull : everyDay;
}
