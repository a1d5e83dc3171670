using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>Who looks up, and in which mode.</summary>
/// <param name="Person">The person whom the history will name.</param>
/// <param name="Mode">Whether it notifies and enters the history.</param>
public sealed record LookUpAdmission(Person Person, LookUpMode Mode)
{
    /// <summary>Rule of the refusal that the server raises an alarm for.</summary>
    public const string ModeContradicted = "cpis-mode-contradicted";

    /// <summary>
    /// Decides the mode of a look-up by a person of a setting; whoever is neither was refused before. The refusals do not
    /// depend on the child, so they are the same bytes whether or not a plan exists (promise 8).
    /// </summary>
    /// <param name="person">Who asks.</param>
    /// <param name="activities">The person's activities.</param>
    /// <param name="setting">The caller's organisation as registered.</param>
    /// <param name="unscheduledHeader">Header <c>IsUnscheduledAccessEvent</c>, which may only narrow.</param>
    /// <param name="tell">Whether the person asks that the authority be told, or that it be not; null where nothing was said.</param>
    public static Result<LookUpAdmission> Decide(
        Person person,
        IReadOnlyCollection<string> activities,
        Organisation setting,
        string? unscheduledHeader,
        bool? tell = null
    )
    {
        bool? header = null;
        if (unscheduledHeader is not null)
        {
            if (!bool.TryParse(unscheduledHeader, out var value))
                return Refusal.Malformed(
                    "IsUnscheduledAccessEvent must be true or false.",
                    "http.IsUnscheduledAccessEvent",
                    SpineCodes.PreconditionFailed
                );
            header = value;
        }

        var unscheduled =
            activities.Contains(Activities.ViewFlag) && setting.ModeRights.Contains(LookUpMode.Unscheduled);
        var scheduled =
            activities.Contains(Activities.ViewFlagSilently) && setting.ModeRights.Contains(LookUpMode.Scheduled);
        // At a sensitive setting nobody is told unless a named person says so for this child (design.md).
        if (SettingKinds.IsSensitive(setting.SettingKind) && (unscheduled || scheduled) && (tell ?? header) != true)
            return new LookUpAdmission(person, LookUpMode.Scheduled);
        Result<LookUpAdmission> decided = (unscheduled, scheduled, header) switch
        {
            (false, false, _) => Refusal.Forbidden(
                "This person cannot look children up at this care setting. The person needs activity B0107 (unscheduled) or B0170 (scheduled), and the setting must be registered for that mode."
            ),
            (true, false, false) or (false, true, true) => Refusal.Because(
                RefusalKind.Forbidden,
                new Issue(
                    "forbidden",
                    "IsUnscheduledAccessEvent contradicts the person's activities, which decide the mode. Leave the header out.",
                    "http.IsUnscheduledAccessEvent",
                    SpineCodes.AccessDenied,
                    Rule: ModeContradicted
                )
            ),
            (true, true, false) or (false, true, _) => new LookUpAdmission(person, LookUpMode.Scheduled),
            _ => new LookUpAdmission(person, LookUpMode.Unscheduled),
        };
        return (decided.Refusal, tell) switch
        {
            (null, false) => new LookUpAdmission(person, LookUpMode.Scheduled),
            (null, true) when decided.Value.Mode != LookUpMode.Unscheduled => Refusal.Forbidden(
                "This person cannot have the authority told: that needs activity B0107 and a care setting that is registered for unscheduled look-ups. Leave 'tell' out, or ask a colleague.",
                "tell"
            ),
            _ => decided,
        };
    }
}
