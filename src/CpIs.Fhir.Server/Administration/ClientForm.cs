using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Administration;

/// <summary>A client as an operator registers it: whose it is, its public keys and, for a device, its nominated person.</summary>
internal static class ClientForm
{
    private static readonly string[] Members = ["organisation", "kind", "jwks", "devicePerson", "deviceActivities"];

    /// <summary>True for an id that fits a URL path, a log line and a claim: 1 to 128 letters, digits and <c>. _ : -</c>.</summary>
    public static bool IsClientId(string id) =>
        id is { Length: > 0 and <= 128 } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-');

    public static Result<ClientRegistration> Read(string clientId, JsonForm form)
    {
        form.Only(Members);
        if (!IsClientId(clientId))
            form.Problem("clientId", "A client id must be 1 to 128 letters, digits or . _ : -");
        var kind = OrganisationForm.KindOf(form);
        OdsCode organisation = default;
        if (form.Text("organisation", required: true) is { } code && !OdsCode.TryParse(code, out organisation))
            form.Problem("organisation", "An ODS code is 3 to 12 capital letters and digits.");
        var keys = form.Object("jwks", required: true) is { } jwks ? KeySetForm.Read(jwks) : null;
        var (person, activities) = Device(form, kind);
        return form.Refusal is { } refusal
            ? refusal
            : new ClientRegistration
            {
                ClientId = clientId,
                Organisation = organisation,
                Kind = kind!.Value,
                JsonWebKeySet = keys!,
                DevicePerson = person,
                DeviceActivities = activities,
            };
    }

    private static (Person?, IReadOnlyList<string>) Device(JsonForm form, CallerKind? kind)
    {
        var activities = form.Texts("deviceActivities");
        if (form.Object("devicePerson", required: false) is not { } device)
        {
            if (activities.Count > 0)
                form.Problem("devicePerson", "Send deviceActivities only with a devicePerson.", "required");
            return (null, []);
        }

        if (kind is not null and not CallerKind.Setting)
            form.Problem("devicePerson", "Only a client of a care setting can be a device.", "business-rule");
        device.Only("sdsUserId", "roleProfileId", "roleCode", "roleName", "name");
        var user = new ClientUser(
            device.Text("sdsUserId", required: true) ?? "",
            device.Text("roleProfileId", required: false),
            device.Text("roleCode", required: true) ?? "",
            device.Text("roleName", required: true) ?? "",
            device.Text("name", required: true) ?? "",
            activities
        );
        if (form.Issues.Count == 0 && PersonRules.Check(user) is { } problem)
            form.Problem("devicePerson", $"The person cannot be used: {problem}.");
        return (PersonRules.PersonOf(user), activities);
    }
}
