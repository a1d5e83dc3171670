namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>Says whether a code is in a value set. Never guesses: what cannot be decided from the definitions available is said to be so.</summary>
public interface ITerminology
{
    /// <summary>Whether a code belongs to a value set.</summary>
    /// <param name="valueSet">Canonical, perhaps with version.</param>
    /// <param name="system">Code system; null for an element of type <c>code</c>, whose system the value set implies.</param>
    /// <param name="code">The code, as written.</param>
    Membership Check(string valueSet, string? system, string code);

    /// <summary>Whether a code exists in its own system, and what it is called there.</summary>
    /// <param name="system">Code system.</param>
    /// <param name="code">The code, as written.</param>
    Membership CheckSystem(string system, string code);

    /// <summary>Displays that are right for a code, the preferred one first; empty when they are not known.</summary>
    IReadOnlyList<string> Displays(string system, string code);

    /// <summary>Whether one code is the other or stands above it (<c>subsumes()</c>); null when the system is not available.</summary>
    bool? Subsumes(string system, string ancestor, string descendant);

    /// <summary>At most so many codes of a value set, for messages and for tests; empty when it cannot be enumerated.</summary>
    IReadOnlyList<(string System, string Code)> Some(string valueSet, int most);
}

/// <summary>An answer of <see cref="ITerminology"/>.</summary>
/// <param name="Verdict">Yes, no, or cannot be decided.</param>
/// <param name="Reason">Why it cannot be decided, for a person: "ValueSet ... is not available", "SNOMED CT is not available". Null otherwise.</param>
public readonly record struct Membership(MembershipVerdict Verdict, string? Reason = null)
{
    /// <summary>The code is in the value set.</summary>
    public static Membership Member { get; } = new(MembershipVerdict.Member);

    /// <summary>The code is not in the value set.</summary>
    public static Membership NotMember { get; } = new(MembershipVerdict.NotMember);

    /// <summary>It cannot be decided.</summary>
    public static Membership Unknown(string reason) => new(MembershipVerdict.Unknown, reason);
}

/// <summary>Yes, no, or cannot be decided.</summary>
public enum MembershipVerdict
{
    /// <summary>In the value set.</summary>
    Member,

    /// <summary>Not in the value set.</summary>
    NotMember,

    /// <summary>Cannot be told from the definitions available.</summary>
    Unknown,
}
