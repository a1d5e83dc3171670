namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>A part that is not known in full: some codes surely belong to it, of the others nothing can be said.</summary>
/// <param name="system">The system whose codes it has; null for any.</param>
/// <param name="known">Codes that surely belong.</param>
/// <param name="reason">Why the others cannot be decided.</param>
internal sealed class OpenSystem(string? system, CodeRule? known, string reason) : CodeRule
{
    private readonly Membership _unknown = Membership.Unknown(reason);

    public override IEnumerable<(string System, string Code)> Some => known?.Some ?? [];

    public override Membership Check(string? asked, string code)
    {
        if (asked is not null && (asked.Length == 0 || system is not null && asked != system))
            return Membership.NotMember;
        return known?.Check(asked, code) is { Verdict: MembershipVerdict.Member } ? Membership.Member : _unknown;
    }
}
