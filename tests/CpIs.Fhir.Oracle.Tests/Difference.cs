namespace CpIs.Fhir.Oracle.Tests;

/// <summary>A resource that one validator takes and the other refuses.</summary>
/// <param name="Name">The file, and what was done to it.</param>
/// <param name="Refuser">Which refuses it.</param>
/// <param name="Errors">What that one says.</param>
internal sealed record Difference(string Name, Refuser Refuser, IReadOnlyList<string> Errors)
{
    public override string ToString() => $"{Name}: only {Refuser} refuses it: {string.Join("; ", Errors)}";
}
