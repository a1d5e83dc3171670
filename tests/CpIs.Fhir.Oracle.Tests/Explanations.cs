namespace CpIs.Fhir.Oracle.Tests;

/// <summary>Every difference that is known, each with its reason. One that explains nothing any more fails the test that runs everything.</summary>
internal static class Explanations
{
    public static IReadOnlyList<Explanation> All { get; } =
    [
        new(Refuser.Firely, "bdl-3b", "", "A rule of R5's Bundle that Firely's package adds; R4's Bundle has bdl-3 alone."),
    ];
}
