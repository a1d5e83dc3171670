namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// What a token's SMART App Launch 2 scopes allow, such as <c>user/Flag.s</c> or <c>system/Patient.cruds</c>: the letters
/// are create, read, update, delete, search.
/// </summary>
public static class SmartScopes
{
    /// <summary>The scopes that a kind of client may hold, and is given when it asks for none.</summary>
    public static IReadOnlyList<string> Of(CallerKind kind) =>
        kind switch
        {
            CallerKind.Authority =>
            [
                "system/Patient.cruds",
                "system/EpisodeOfCare.cruds",
                "system/Flag.cruds",
                "system/Subscription.cruds",
                "system/AuditEvent.rs",
                "system/Organization.r",
                "system/$upload",
                "system/$holdings",
                "system/$worklist",
                "system/$acknowledge",
            ],
            CallerKind.Setting =>
            [
                "user/Flag.s",
                "user/EpisodeOfCare.s",
                "user/AuditEvent.s",
                "user/Organization.r",
                "user/$missed-appointment",
            ],
            CallerKind.Tester => ["system/$validate"],
            CallerKind.Operator => ["system/Organization.rs", "system/AuditEvent.rs", "system/admin"],
            _ => [],
        };

    /// <summary>True when a scope asked for is no more than one of those held: the same, or fewer of its letters.</summary>
    public static bool IsWithin(string asked, IReadOnlyCollection<string> held) =>
        held.Contains(asked)
        || asked.LastIndexOf('.') is var dot and > 0
            && dot < asked.Length - 1
            && held.Any(scope =>
                scope.LastIndexOf('.') == dot
                && scope.AsSpan(0, dot).SequenceEqual(asked.AsSpan(0, dot))
                && Covers(scope.AsSpan(dot + 1), asked[(dot + 1)..])
            );

    /// <summary>True when the caller's scopes hold this one, or give all that it gives.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="scope">Such as <c>system/admin</c> or <c>user/Flag.s</c>.</param>
    public static bool Allow(Caller caller, string scope) =>
        caller.Scopes.Contains(scope)
        || scope.LastIndexOf('.') is var dot and > 0
            && Allow(caller, scope[(scope.IndexOf('/', StringComparison.Ordinal) + 1)..dot], scope[(dot + 1)..]);

    /// <summary>True when one of the scopes gives all letters of <paramref name="access"/> on the resource type.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="resource">FHIR resource type.</param>
    /// <param name="access">One or more of the letters <c>cruds</c>.</param>
    public static bool Allow(Caller caller, string resource, string access)
    {
        foreach (var scope in caller.Scopes)
        {
            var slash = scope.IndexOf('/', StringComparison.Ordinal);
            var dot = scope.LastIndexOf('.');
            if (slash < 0 || dot < slash)
                continue;
            var type = scope.AsSpan(slash + 1, dot - slash - 1);
            var letters = scope.AsSpan(dot + 1);
            if (
                (type is "*" || type.SequenceEqual(resource))
                && letters.IndexOfAnyExcept("cruds") < 0
                && Covers(letters, access)
            )
                return true;
        }

        return false;
    }

    private static bool Covers(ReadOnlySpan<char> letters, string access)
    {
        foreach (var letter in access)
            if (!letters.Contains(letter))
                return false;
        return true;
    }
}
