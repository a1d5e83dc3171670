namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>What all of the parts have.</summary>
/// <param name="parts">At least two.</param>
/// <param name="system">The one system whose codes are meant; null for any.</param>
internal sealed class CommonRules(CodeRule[] parts, string? system) : CodeRule
{
    public override IEnumerable<(string System, string Code)> Some =>
        (Array.Find(parts, rule => rule.All is not null) ?? parts[0]).Some.Where(code =>
            Check(code.System, code.Code).Verdict == MembershipVerdict.Member
        );

    public override long Cost { get; } = parts.Sum(rule => rule.Cost);

    public override Membership Check(string? asked, string code)
    {
        if (asked is not null && system is not null && asked != system)
            return Membership.NotMember;
        asked ??= system;
        Membership? unknown = null;
        foreach (var rule in parts)
        {
            var answer = rule.Check(asked, code);
            if (answer.Verdict == MembershipVerdict.NotMember)
                return answer;
            if (answer.Verdict == MembershipVerdict.Unknown)
                unknown ??= answer;
        }

        // Each part may have found the code in another system.
        if (asked is null)
            unknown ??= Membership.Unknown($"no system was sent with code '{code}'");
        return unknown ?? Membership.Member;
    }
}
