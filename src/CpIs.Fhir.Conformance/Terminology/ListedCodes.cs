using System.Collections.Frozen;

namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>Codes that are all known. A check looks up one or two frozen sets and makes nothing.</summary>
internal sealed class ListedCodes : CodeRule
{
    private readonly string[] _systems;
    private readonly FrozenSet<string>[] _codes;

    /// <summary>Makes a list.</summary>
    /// <param name="codes">System and code of each.</param>
    /// <param name="ignoresCase">Whether a system's codes are the same in any case.</param>
    public ListedCodes(IEnumerable<(string System, string Code)> codes, Func<string, bool> ignoresCase)
    {
        var groups = codes.GroupBy(code => code.System, code => code.Code).ToList();
        _systems = [.. groups.Select(group => group.Key)];
        _codes =
        [
            .. groups.Select(group =>
                group.ToFrozenSet(ignoresCase(group.Key) ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal)
            ),
        ];
    }

    public override IEnumerable<(string System, string Code)> All =>
        _systems.Zip(_codes).SelectMany(pair => pair.Second.Select(code => (pair.First, code)));

    public override Membership Check(string? system, string code)
    {
        for (var at = 0; at < _systems.Length; at++)
            if ((system is null || system == _systems[at]) && _codes[at].Contains(code))
                return Membership.Member;
        return Membership.NotMember;
    }
}
