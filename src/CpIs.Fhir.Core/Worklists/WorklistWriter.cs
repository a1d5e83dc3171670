using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Worklists;

/// <summary>Writes work-lists as Parameters.</summary>
public static class WorklistWriter
{
    /// <summary>A page for the authority itself.</summary>
    /// <param name="entries">Its attendances.</param>
    /// <param name="overridden">Its records of which the case system says otherwise than a form; on the first page.</param>
    /// <param name="places">Where it is told; on the first page.</param>
    /// <param name="untold">How much nobody was told of in all, and since when.</param>
    /// <param name="asOf">When it was read: an acknowledgement covers what was there then.</param>
    /// <param name="next">Link to the next page, or null.</param>
    /// <param name="fhirBase">FHIR base without trailing slash.</param>
    public static byte[] Write(
        IReadOnlyList<WorklistEntry> entries,
        IReadOnlyList<StoredResource> overridden,
        IReadOnlyList<WorklistPlace> places,
        (long Count, DateTimeOffset? Oldest) untold,
        DateTimeOffset asOf,
        string? next,
        string fhirBase
    )
    {
        using var parameters = new ParametersWriter();
        parameters.Add("asOf", asOf).Add("untold", untold.Count).Add("oldestUntold", untold.Oldest);
        foreach (var place in places)
            parameters
                .Begin("place")
                .AddReference("subscription", $"{fhirBase}/Subscription/{place.Subscription}")
                .Add("topic", "valueCode", place.Topic.Row().Code)
                .Add("channel", "valueCode", place.Channel)
                .Add("status", "valueCode", place.Status)
                .End();
        foreach (var record in overridden)
            Write(parameters, record, fhirBase);
        foreach (var entry in entries)
        {
            parameters
                .Begin("attendance")
                .Add("id", "valueId", entry.Attendance)
                .Add("reference", "valueString", entry.Reference)
                .Add("topic", "valueCode", entry.Topic.Row().Code)
                .Add("opened", entry.Opened)
                .Add("appointment", entry.Appointment);
            if (entry.Child is { } child)
                parameters.AddIdentifier("child", FhirSystems.NhsNumber, child.Digits);
            parameters
                .AddIdentifier("setting", FhirSystems.OdsOrganisation, entry.Setting.Value)
                .Add("settingName", "valueString", entry.SettingName)
                .Add("settingPhone", "valueString", entry.SettingPhone);
            foreach (var notice in entry.Notices)
                Write(parameters, notice, fhirBase);
            parameters.End();
        }

        return parameters.Add("next", "valueUrl", next).Finish();
    }

    /// <summary>For the operator: ages and counts, and no child, setting or plan.</summary>
    public static byte[] Write(
        IReadOnlyList<UntoldNotices> untold,
        OrganisationDirectory directory,
        DateTimeOffset asOf
    )
    {
        using var parameters = new ParametersWriter();
        parameters.Add("asOf", asOf);
        foreach (var each in untold.OrderBy(each => each.Oldest).ThenBy(each => each.Authority))
            parameters
                .Begin("authority")
                .AddIdentifier("organisation", FhirSystems.OdsOrganisation, each.Authority.Value)
                .Add("name", "valueString", directory.Find(each.Authority)?.Name)
                .Add("untold", each.Count)
                .Add("oldestUntold", each.Oldest)
                .End();
        return parameters.Finish();
    }

    private static void Write(ParametersWriter parameters, StoredResource record, string fhirBase)
    {
        var form = record.OverriddenForm!;
        parameters
            .Begin("changedByForm")
            .AddReference("record", $"{fhirBase}/{record.Type}/{record.Id}")
            .AddIdentifier("child", FhirSystems.NhsNumber, record.Child!.Value.Digits);
        if (record is { Plan: not null, Identity: { } identity })
            parameters.AddIdentifier(
                "plan",
                FhirSystems.PlanId(record.Authority),
                identity[(record.Authority.Value.Length + 1)..]
            );
        parameters
            .Add("sent", form.Sent)
            .Add("by", "valueString", form.By)
            .Add("overridden", form.Overridden)
            .Add("said", "valueString", form.Told)
            .End();
    }

    private static void Write(ParametersWriter parameters, WorklistNotice each, string fhirBase)
    {
        var notice = each.Notice;
        parameters
            .Begin("notice")
            .AddReference("access", $"{fhirBase}/AuditEvent/{notice.OccurrenceId}")
            .Add("time", notice.Time)
            .Add("state", "valueCode", CodeOf(notice.State));
        foreach (var plan in each.Plans)
            parameters.AddCoding("plan", FhirSystems.Snomed, plan.Code, plan.Display);
        // Where a person took what nobody was told of, that ended it.
        parameters
            .Add("told", notice.Ended == notice.Taken ? null : notice.Ended)
            .Add("taken", notice.Taken)
            .Add("takenBy", "valueString", each.Taken?.Person)
            .Add("note", "valueString", each.Taken?.Note)
            .End();
    }

    /// <summary>The code of a state.</summary>
    public static string CodeOf(NoticeState state) =>
        state switch
        {
            NoticeState.Untold => "untold",
            NoticeState.Told => "told",
            NoticeState.Taken => "taken",
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };

    /// <summary>The state of a code, or null.</summary>
    public static NoticeState? StateOf(string code) =>
        Enum.GetValues<NoticeState>().Cast<NoticeState?>().FirstOrDefault(state => CodeOf(state!.Value) == code);
}
