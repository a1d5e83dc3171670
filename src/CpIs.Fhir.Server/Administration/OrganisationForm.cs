using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Administration;

/// <summary>
/// An organisation as an operator registers it: name, kind; for an authority its phones, of which the emergency duty
/// phone is needed because a child may come at night, and the days of its uploads; for a setting its kind, the modes in which it may look up, and
/// a phone for the authority that is told of a missed appointment.
/// </summary>
internal static class OrganisationForm
{
    private static readonly string[] Members =
    [
        "name",
        "kind",
        "officePhone",
        "emergencyDutyPhone",
        "settingKind",
        "modeRights",
        "uploads",
    ];

    public static Result<Organisation> Read(OdsCode code, JsonForm form)
    {
        form.Only(Members);
        var name = form.Text("name", required: true);
        var kind = KindOf(form);
        var office = Phone(form, "officePhone", required: false);
        var duty = Phone(form, "emergencyDutyPhone", required: kind == CallerKind.Authority);
        var settingKind = form.Text("settingKind", required: kind == CallerKind.Setting);
        if (settingKind is not null && !SettingKinds.All.Contains(settingKind))
            form.Problem(
                "settingKind",
                $"This must be one of {string.Join(", ", SettingKinds.All.Order())}.",
                "code-invalid"
            );
        var rights = Rights(form);
        var uploads = Uploads(form);

        if (kind is not null and not (CallerKind.Authority or CallerKind.Setting))
            Absent(form, "an authority or a setting", "officePhone");
        if (kind is not null and not CallerKind.Authority)
            Absent(form, "an authority", "emergencyDutyPhone", "uploads");
        if (kind is not null and not CallerKind.Setting)
            Absent(form, "a setting", "settingKind", "modeRights");
        return form.Refusal is { } refusal
            ? refusal
            : new Organisation
            {
                Code = code,
                Name = name!,
                Kind = kind!.Value,
                // The ODS code is unique, says nothing of a child, and makes references that a person can read.
                ResourceId = kind is CallerKind.Authority or CallerKind.Setting ? code.Value : null,
                OfficePhone = office,
                EmergencyDutyPhone = duty,
                SettingKind = settingKind,
                ModeRights = rights,
                Uploads = uploads,
            };
    }

    /// <summary>The member <c>kind</c>.</summary>
    public static CallerKind? KindOf(JsonForm form)
    {
        if (form.Text("kind", required: true) is not { } text)
            return null;
        foreach (var kind in Enum.GetValues<CallerKind>())
            if (text == NameOf(kind))
                return kind;
        form.Problem("kind", "This must be one of authority, setting, tester, operator.", "code-invalid");
        return null;
    }

    /// <summary>A kind as it is written in JSON.</summary>
    public static string NameOf(Enum value) =>
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string? Phone(JsonForm form, string member, bool required)
    {
        if (form.Text(member, required) is not { } phone)
            return null;
        var digits = phone.StartsWith('+') ? phone[1..] : phone;
        if (
            digits.Length is >= 5 and <= 20
            && char.IsAsciiDigit(digits[0])
            && digits.All(c => char.IsAsciiDigit(c) || c == ' ')
        )
            return phone;
        form.Problem(
            member,
            "A phone number must be digits and spaces, with a plus sign first if it is international."
        );
        return null;
    }

    private static UploadCalendar? Uploads(JsonForm form)
    {
        if (form.Text("uploads", required: false) is not { } text)
            return null;
        if (UploadCalendar.TryParse(text, out var calendar))
            return calendar;
        form.Problem("uploads", $"This must be {UploadCalendar.Allowed}.", "code-invalid");
        return null;
    }

    private static List<LookUpMode> Rights(JsonForm form)
    {
        var rights = new List<LookUpMode>();
        var texts = form.Texts("modeRights");
        for (var i = 0; i < texts.Count; i++)
        {
            LookUpMode? mode = texts[i] switch
            {
                "unscheduled" => LookUpMode.Unscheduled,
                "scheduled" => LookUpMode.Scheduled,
                _ => null,
            };
            if (mode is null)
                form.Problem($"modeRights[{i}]", "This must be unscheduled or scheduled.", "code-invalid");
            else if (rights.Contains(mode.Value))
                form.Problem($"modeRights[{i}]", "This mode is given twice. Give it once.", "duplicate");
            else
                rights.Add(mode.Value);
        }

        rights.Sort();
        return rights;
    }

    private static void Absent(JsonForm form, string whose, params string[] members)
    {
        foreach (var member in members)
            if (form.Member(member).ValueKind != System.Text.Json.JsonValueKind.Undefined)
                form.Problem(member, $"Only {whose} can have this.", "business-rule");
    }
}
