using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Writes the answer to an upload (profile CPIS-Acknowledgement): one entry per entry of the upload, in its order, with
/// what became of it. It carries nothing of a child, so it can be kept; the one person in it is who sent a form.
/// </summary>
internal static class AcknowledgementWriter
{
    /// <summary>200 is also said of an update: only this tells an authority that what it sent was known already.</summary>
    private static readonly Issue Unchanged = new(
        "informational",
        "Unchanged: the record already says what you sent. No new version was made.",
        Severity: "information"
    );

    private static readonly Issue HeldAlready = new(
        "informational",
        "Held already: nothing of what you sent was stored.",
        Severity: "information"
    );

    /// <summary>What became of each entry.</summary>
    public static byte[] Write(IEnumerable<UploadEntry> entries, ResolvedUpload resolved) =>
        Write(entries.Select(entry => (resolved[entry], IssuesOf(entry, resolved))));

    /// <summary>The answer to a conditional create that found what it asked for: one entry, and nothing stored.</summary>
    public static byte[] Held(StoredResource there) =>
        Write([(new UploadedResource(there, UploadEffect.Unchanged, there), [HeldAlready])]);

    internal static List<Issue> IssuesOf(UploadEntry entry, ResolvedUpload resolved)
    {
        var uploaded = resolved[entry];
        List<Issue> issues = [.. resolved.Findings.WarningsOf(entry.Place)];
        if (uploaded is null)
            issues.Add(TooLate(entry));
        else if (uploaded.Effect == UploadEffect.Unchanged)
            issues.Add(Unchanged);
        else if (uploaded.Effect == UploadEffect.Superseded)
            issues.Add(Superseded(entry, uploaded));
        if (uploaded?.Resource.OverriddenForm is { } form && form != uploaded.Held?.OverriddenForm)
            issues.Add(Overrides(entry, form));
        return issues;
    }

    private static byte[] Write(IEnumerable<(UploadedResource? Uploaded, List<Issue> Issues)> entries)
    {
        var buffer = new ArrayBufferWriter<byte>(16_384);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteStartObject("meta");
        json.WriteStartArray("profile");
        json.WriteStringValue(FhirSystems.Profile("CPIS-Acknowledgement"));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("type", "transaction-response");
        json.WriteStartArray("entry");
        foreach (var (uploaded, issues) in entries)
        {
            json.WriteStartObject();
            json.WriteStartObject("response");
            Write(json, uploaded);
            if (issues.Count > 0)
            {
                json.WritePropertyName("outcome");
                OperationOutcomeWriter.Write(json, issues);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, UploadedResource? uploaded)
    {
        if (uploaded is null)
        {
            json.WriteString("status", "204 No Content");
            return;
        }

        var resource = uploaded.Resource;
        var version = resource.Version.ToString(CultureInfo.InvariantCulture);
        json.WriteString("status", uploaded.Effect == UploadEffect.Created ? "201 Created" : "200 OK");
        json.WriteString("location", $"{resource.Type}/{resource.Id}/_history/{version}");
        json.WriteString("etag", $"W/\"{version}\"");
        json.WriteString("lastModified", SearchsetWriter.Instant(resource.LastUpdated));
    }

    private static Issue TooLate(UploadEntry entry) =>
        Late(
            entry,
            "Superseded: a newer upload gave the plan of this Patient to another NHS number, so it was not stored."
        );

    private static Issue Superseded(UploadEntry entry, UploadedResource uploaded)
    {
        var held = uploaded.Resource;
        var what = entry.Plan is { } plan ? $"plan {plan.PlanId}" : "this Patient";
        var how = held.Plan?.Status == PlanStatus.Withdrawn ? "was withdrawn" : "is held as sent";
        // The Flag keeps no stamp of its own, and its EpisodeOfCare is told with it.
        var when = held.Stamp switch
        {
            null => "",
            { Form: { } by } form => " " + OverriddenForm.ByForm(by, form.Time),
            var stamp => $" by an upload of {SearchsetWriter.Instant(stamp.Time)}",
        };
        return Late(
            entry,
            $"Superseded: {what} {how}{when}, and this upload is not newer. {(uploaded.Change is null ? "Nothing was changed." : "Only the protected mark was set.")}"
        );
    }

    private static Issue Overrides(UploadEntry entry, OverriddenForm form) =>
        new(
            "business-rule",
            $"{(entry.Plan is { } plan ? $"Plan {plan.PlanId}" : "This Patient")}: {form.Told}. It is held as your case system says. If that is wrong, mend the case system, and send the form again.",
            entry.Place.Path,
            SpineCodes.ValidationError,
            "warning",
            Forms.Overridden
        );

    private static Issue Late(UploadEntry entry, string text) =>
        new("informational", text, entry.Place.Path, Severity: "information", Rule: "cpis-upload-superseded");
}
