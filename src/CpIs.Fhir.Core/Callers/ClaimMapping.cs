namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// Where an issuer's tokens say who acts: a <see cref="ClaimPath"/> for each thing. Null where they say nothing of it.
/// </summary>
public sealed record ClaimMapping
{
    /// <summary>The registered client. Always needed: it decides organisation and kind.</summary>
    public string ClientId { get; init; } = "client_id";

    /// <summary>Scopes, separated by blanks.</summary>
    public string Scope { get; init; } = "scope";

    /// <summary>SDS user id.</summary>
    public string? SdsUserId { get; init; }

    /// <summary>SDS role profile id.</summary>
    public string? RoleProfileId { get; init; }

    /// <summary>SDS job role code.</summary>
    public string? RoleCode { get; init; }

    /// <summary>The role in words.</summary>
    public string? RoleName { get; init; }

    /// <summary>The person's name.</summary>
    public string? Name { get; init; }

    /// <summary>Activities; see <see cref="Callers.Activities"/>.</summary>
    public string? Activities { get; init; }

    /// <summary>The exchange's own tokens: the person is the claim <c>cpis_user</c> of the client's assertion.</summary>
    public static ClaimMapping Own { get; } =
        new()
        {
            SdsUserId = "cpis_user.sdsUserId",
            RoleProfileId = "cpis_user.roleProfileId",
            RoleCode = "cpis_user.roleCode",
            RoleName = "cpis_user.roleName",
            Name = "cpis_user.name",
            Activities = "cpis_user.activities",
        };
}
