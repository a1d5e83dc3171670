namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>
/// A value set or a part of one, compiled. A system of null asks for any system; an empty one is that of a Coding without system, which
/// is in no value set.
/// </summary>
internal abstract class CodeRule
{
    /// <summary>Whether a code belongs here.</summary>
    public abstract Membership Check(string? system, string code);

    /// <summary>All codes, where they can be listed; else null.</summary>
    public virtual IEnumerable<(string System, string Code)>? All => null;

    /// <summary>Codes that surely belong here, though perhaps not all.</summary>
    public virtual IEnumerable<(string System, string Code)> Some => All ?? [];

    /// <summary>How many rules one check may go through.</summary>
    public virtual long Cost => 1;
}
