namespace CpIs.Fhir.Oracle.Tests;

/// <summary>Every difference that is known, each with its reason. One that explains nothing any more fails the test that runs everything.</summary>
internal static class Explanations
{
    public static IReadOnlyList<Explanation> All { get; } =
    [
        new(
            Refuser.Firely,
            "constraint bdl-3b ",
            "Bundle-notification",
            "A rule of R5's Bundle that Firely's package adds. R4's Bundle has bdl-3, which these keep."
        ),
        new(
            Refuser.Firely,
            "constraint ref-1 ",
            "",
            "Of a Reference with an identifier alone, ref-1 comes to nothing, and Firely counts that as broken. It is about references that begin with #."
        ),
        new(
            Refuser.Ours,
            "fhir-format",
            "malformed ",
            "A blank string. R4 says that it could be trimmed to nothing, which is not allowed; Firely's reader takes it."
        ),
        new(
            Refuser.Ours,
            "fhir-list",
            "list or not of Subscription.channel.payload",
            "A list of one where one value belongs. Firely's reader takes it where the element has extensions, which JSON writes next to it (_payload)."
        ),
        new(
            Refuser.Ours,
            "fhir-reference-type",
            "",
            "The type in a literal reference, such as Group/1. Firely judges the target only where it can fetch it."
        ),
    ];
}
