namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// What a person may do, as their token or the claim <c>cpis_user</c> says: national RBAC activity codes, which give the
/// right to look children up, and the roles within an organisation of
/// <c>https://fhir.cpis.example/CodeSystem/activity</c>.
/// </summary>
public static class Activities
{
    /// <summary>View CP-IS Flag: unscheduled look-ups, which notify the authority.</summary>
    public const string ViewFlag = "B0107";

    /// <summary>View CP-IS Flag without notification: scheduled look-ups.</summary>
    public const string ViewFlagSilently = "B0170";

    /// <summary>Works with the records and notices of the organisation.</summary>
    public const string Worker = "worker";

    /// <summary>Takes notices outside office hours (the emergency duty team).</summary>
    public const string Duty = "duty";

    /// <summary>Decides for the organisation what a worker may not; some of it only with a second person.</summary>
    public const string Lead = "lead";

    /// <summary>Reads who looked at what on behalf of the organisation.</summary>
    public const string Inspector = "inspector";

    /// <summary>True for a national code (a capital letter and four digits) and for a role within an organisation.</summary>
    public static bool IsWellFormed(string? activity) =>
        activity is Worker or Duty or Lead or Inspector
        || (
            activity is { Length: 5 }
            && char.IsAsciiLetterUpper(activity[0])
            && activity.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0
        );

    /// <summary>The person of an authority who may do something, or 403.</summary>
    /// <param name="caller">Who wants to.</param>
    /// <param name="what">What, such as <c>approve this</c>.</param>
    /// <param name="activities">One of these is needed.</param>
    public static Result<Person> WhoActs(Caller caller, string what, params string[] activities) =>
        caller is { Kind: CallerKind.Authority, Person: { } person } && activities.Any(caller.Activities.Contains)
            ? person
            : Refusal.Forbidden(
                $"To {what}, a person needs the activity {string.Join(" or ", activities)}. Send the claim cpis_user in the client assertion, or a token that names such a person."
            );
}
