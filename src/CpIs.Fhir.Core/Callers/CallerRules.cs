namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// From a validated token to the <see cref="Caller"/>. Organisation and kind come from the registration alone: neither
/// a claim nor a header of the request has a say. Consulted on every request, so that a suspension holds at once.
/// </summary>
public static class CallerRules
{
    /// <summary>The caller, or why the token opens nothing (401: the same words for unknown and suspended clients).</summary>
    /// <param name="facts">What the token says.</param>
    /// <param name="directory">Who is registered now.</param>
    public static Result<Caller> Decide(TokenFacts facts, OrganisationDirectory directory)
    {
        if (
            directory.FindClient(facts.ClientId) is not { Suspended: false } client
            || directory.Find(client.Organisation) is not { Suspended: false } organisation
            || organisation.Kind != client.Kind
        )
            return Refusal.Because(
                RefusalKind.Unauthenticated,
                new Issue(
                    "login",
                    "The client or its organisation is not registered, or is suspended.",
                    null,
                    SpineCodes.AccessDenied
                )
            );

        var isDevice = facts.Person is null && client.DevicePerson is not null;
        return new Caller(
            client.ClientId,
            organisation.Code,
            organisation.Name,
            client.Kind,
            isDevice ? client.DevicePerson : facts.Person,
            isDevice ? client.DeviceActivities : facts.Activities,
            facts.Scopes
        );
    }
}
