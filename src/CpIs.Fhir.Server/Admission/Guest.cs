using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Admission;

/// <summary>One kind of caller that an endpoint admits, and what its token must allow.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Scopes">SMART scopes, all of them needed; empty for none.</param>
internal sealed record Guest(CallerKind Kind, params IReadOnlyList<string> Scopes)
{
    public static Guest Authority(params IReadOnlyList<string> scopes) => new(CallerKind.Authority, scopes);

    public static Guest Setting(params IReadOnlyList<string> scopes) => new(CallerKind.Setting, scopes);

    public static Guest Tester(params IReadOnlyList<string> scopes) => new(CallerKind.Tester, scopes);

    public static Guest Operator(params IReadOnlyList<string> scopes) => new(CallerKind.Operator, scopes);

    /// <summary>403 when the token lacks a scope, or null.</summary>
    public Refusal? Check(Caller caller)
    {
        foreach (var scope in Scopes)
            if (!SmartScopes.Allow(caller, scope))
                return Refusal.Forbidden($"The token needs the scope {scope}.");
        return null;
    }
}
