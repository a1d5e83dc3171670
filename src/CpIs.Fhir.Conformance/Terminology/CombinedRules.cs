namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>What any of the parts has, without what is excluded. Where that is a matter of lists alone, lists take its place.</summary>
internal sealed class CombinedRules(CodeRule[] includes, CodeRule[] excludes) : CodeRule
{
    public override IEnumerable<(string System, string Code)> Some =>
        includes
            .SelectMany(rule => rule.Some)
            .Where(code => Excluded(code.System, code.Code).Verdict == MembershipVerdict.NotMember);

    public override long Cost { get; } = includes.Sum(rule => rule.Cost) * (1 + excludes.Sum(rule => rule.Cost));

    public override Membership Check(string? system, string code)
    {
        Membership? unknown = null;
        foreach (var rule in includes)
        {
            var answer = rule.Check(system, code);
            if (answer.Verdict == MembershipVerdict.NotMember)
                continue;
            var excluded = Excluded(system, code);
            if (excluded.Verdict == MembershipVerdict.NotMember && answer.Verdict == MembershipVerdict.Member)
                return Membership.Member;
            if (excluded.Verdict == MembershipVerdict.Member && system is not null)
                return Membership.NotMember;
            unknown ??= answer.Verdict == MembershipVerdict.Unknown ? answer : Doubt(excluded, code);
        }

        return unknown ?? Membership.NotMember;
    }

    private Membership Excluded(string? system, string code)
    {
        Membership? unknown = null;
        foreach (var rule in excludes)
        {
            var answer = rule.Check(system, code);
            if (answer.Verdict == MembershipVerdict.Member)
                return answer;
            if (answer.Verdict == MembershipVerdict.Unknown)
                unknown ??= answer;
        }

        return unknown ?? Membership.NotMember;
    }

    /// <summary>Without a system it cannot be decided whether the code that is excluded is the one that is meant.</summary>
    private static Membership Doubt(Membership excluded, string code) =>
        excluded.Verdict == MembershipVerdict.Unknown
            ? excluded
            : Membership.Unknown($"code '{code}' is excluded from one system, and no system was sent");
}
