using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Keys;

namespace CpIs.Fhir.Server.Administration;

/// <summary>Registrations and keys as an operator reads them: the members that are written, plus whether they are suspended.</summary>
internal static class RegistrationViews
{
    public static JsonObject Of(Organisation organisation) =>
        WithoutNulls(
            new JsonObject
            {
                ["ods"] = organisation.Code.Value,
                ["name"] = organisation.Name,
                ["kind"] = OrganisationForm.NameOf(organisation.Kind),
                ["officePhone"] = organisation.OfficePhone,
                ["emergencyDutyPhone"] = organisation.EmergencyDutyPhone,
                ["uploads"] =
                    organisation.Kind == CallerKind.Authority
                        ? (organisation.Uploads ?? UploadCalendar.Default).ToString()
                        : null,
                ["settingKind"] = organisation.SettingKind,
                ["modeRights"] =
                    organisation.Kind == CallerKind.Setting
                        ? new JsonArray([.. organisation.ModeRights.Select(m => (JsonNode)OrganisationForm.NameOf(m))])
                        : null,
                ["suspended"] = organisation.Suspended,
            }
        );

    public static JsonObject Of(ClientRegistration client) =>
        WithoutNulls(
            new JsonObject
            {
                ["clientId"] = client.ClientId,
                ["organisation"] = client.Organisation.Value,
                ["kind"] = OrganisationForm.NameOf(client.Kind),
                ["jwks"] = JsonNode.Parse(client.JsonWebKeySet),
                ["devicePerson"] = client.DevicePerson is { } person
                    ? WithoutNulls(
                        new JsonObject
                        {
                            ["sdsUserId"] = person.SdsUserId,
                            ["roleProfileId"] = person.RoleProfileId,
                            ["roleCode"] = person.RoleCode,
                            ["roleName"] = person.RoleName,
                            ["name"] = person.Name,
                        }
                    )
                    : null,
                ["deviceActivities"] = client.DevicePerson is null
                    ? null
                    : new JsonArray([.. client.DeviceActivities.Select(a => (JsonNode)a)]),
                ["suspended"] = client.Suspended,
            }
        );

    /// <summary>
    /// Which keys there are, and which one is in use: <c>next</c> from <c>from</c> on, <c>current</c> now, <c>retired</c> since
    /// <c>until</c>, when it still proves what it once signed. Never the secret.
    /// </summary>
    public static IEnumerable<JsonObject> Of(IKeyRing keys) =>
        from purpose in KeyPurposes.All
        let current = keys.Current(purpose)
        from key in keys.Published(purpose)
        select WithoutNulls(
            new JsonObject
            {
                ["purpose"] = purpose,
                ["id"] = key.Id,
                ["state"] =
                    key.Id == current.Id ? "current"
                    : key.Created > current.Created ? "next"
                    : "retired",
                ["from"] = JsonSerializer.SerializeToNode(key.Created.UtcDateTime),
                ["until"] = key.Retired is { } retired ? JsonSerializer.SerializeToNode(retired.UtcDateTime) : null,
            }
        );

    public static JsonObject List(IEnumerable<JsonObject> items) =>
        new() { ["items"] = new JsonArray([.. items.Select(item => (JsonNode)item)]) };

    private static JsonObject WithoutNulls(JsonObject view)
    {
        foreach (var member in view.Where(member => member.Value is null).Select(member => member.Key).ToList())
            view.Remove(member);
        return view;
    }
}
