namespace CpIs.Fhir.Oracle.Tests;

/// <summary>Why the two validators differ, and who is right.</summary>
/// <param name="Refuser">Which of the two refuses what the other takes.</param>
/// <param name="Sign">What an error of the refuser is known by: the id of our rule, or words of Firely's.</param>
/// <param name="Breach">What was done to the resource, where only that explains it; empty for anything.</param>
/// <param name="Reason">Why it is no fault of ours.</param>
internal sealed record Explanation(Refuser Refuser, string Sign, string Breach, string Reason)
{
    public bool Explains(Difference difference, string error) =>
        difference.Refuser == Refuser
        && difference.Name.Contains(Breach, StringComparison.Ordinal)
        && (
            Refuser == Refuser.Ours
                ? error.StartsWith(Sign + " ", StringComparison.Ordinal)
                : error.Contains(Sign, StringComparison.Ordinal)
        );
}

/// <summary>One of the two validators.</summary>
internal enum Refuser
{
    /// <summary>This project's.</summary>
    Ours,

    /// <summary>Firely.Fhir.Validation.R4.</summary>
    Firely,
}
