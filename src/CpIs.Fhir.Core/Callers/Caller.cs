namespace CpIs.Fhir.Core.Callers;

/// <summary>What a caller's organisation does in CP-IS.</summary>
public enum CallerKind
{
    /// <summary>Uploads, owns its records, is notified.</summary>
    Authority,

    /// <summary>Looks children up.</summary>
    Setting,

    /// <summary>Validates against the published profiles; sees no records.</summary>
    Tester,

    /// <summary>Runs the exchange: registers organisations and clients, reads the audit.</summary>
    Operator,
}

/// <summary>
/// Who is behind a request. The organisation comes from the client's registration, the person from the token;
/// neither ever comes from a free header.
/// </summary>
/// <param name="ClientId">The registered client.</param>
/// <param name="Organisation">ODS code of the organisation the client is registered for.</param>
/// <param name="OrganisationName">Its name, as shown in the history.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Person">Who acts, where the token names one (always, for a look-up).</param>
/// <param name="Activities">Activities of the person; see <see cref="Callers.Activities"/>.</param>
/// <param name="Scopes">SMART scopes granted by the token.</param>
public sealed record Caller(
    string ClientId,
    OdsCode Organisation,
    string OrganisationName,
    CallerKind Kind,
    Person? Person,
    IReadOnlyCollection<string> Activities,
    IReadOnlyCollection<string> Scopes
);

/// <summary>The person behind a look-up, as the history shows them.</summary>
/// <param name="SdsUserId">SDS user id; with the organisation and the child it decides what counts as a repeat.</param>
/// <param name="RoleProfileId">SDS role profile id, where the token carries one.</param>
/// <param name="RoleCode">SDS job role code, such as R0260.</param>
/// <param name="RoleName">The role in words.</param>
/// <param name="Name">The person's name, as colleagues read it.</param>
public sealed record Person(string SdsUserId, string? RoleProfileId, string RoleCode, string RoleName, string Name);
