namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>All codes of a system that has a grammar in place of a list.</summary>
internal sealed class GrammarSystem(string system, Func<string, bool> isCode) : CodeRule
{
    public override Membership Check(string? asked, string code) =>
        (asked is null || asked == system) && isCode(code) ? Membership.Member : Membership.NotMember;
}
