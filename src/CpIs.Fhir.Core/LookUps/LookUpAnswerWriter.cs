using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// Writes the answer to a look-up as a searchset: hit and miss in the same shape (promise 8), never paged, with one
/// <c>outcome</c> entry that says in sentences what was found and what was done (<see cref="AnswerTexts"/>).
/// </summary>
public static class LookUpAnswerWriter
{
    // About what a plan with all that shows it, and an access of the history, take in an answer.
    private const int BytesOfPlan = 6_144;
    private const int BytesOfAccess = 3_072;

    /// <summary>The Bundle as UTF-8 JSON.</summary>
    /// <param name="answer">What was found.</param>
    /// <param name="baseUrl">FHIR base without trailing slash.</param>
    /// <param name="directory">The authorities, for their names and phones.</param>
    public static ReadOnlyMemory<byte> ToBytes(LookUpAnswer answer, string baseUrl, OrganisationDirectory directory)
    {
        var everything = answer.Request.Interaction == LookUpInteraction.ChildProtection;
        var matches =
            answer.Request.Interaction == LookUpInteraction.AuditEvent ? answer.History.Count : answer.Plans.Count;
        using var bundle = new SearchsetWriter(
            baseUrl,
            answer.Occurrence.Id,
            answer.Occurrence.Time,
            matches,
            $"{baseUrl}/{answer.Request.Path}?{answer.Request.Query}",
            capacity: 2_048 + answer.Plans.Count * BytesOfPlan + answer.History.Count * BytesOfAccess,
            notForPatient: true
        );

        if (answer.Request.Interaction == LookUpInteraction.AuditEvent)
            AddHistory(bundle, answer, baseUrl, "match");
        else
            foreach (var plan in answer.Plans)
                Add(
                    bundle,
                    answer.Request.Interaction == LookUpInteraction.EpisodeOfCare ? plan.Episode : plan.Flag,
                    "match"
                );

        if (everything)
            foreach (var plan in answer.Plans)
                Add(bundle, plan.Episode, "include");
        if (everything || answer.Asked.IncludePatient)
            foreach (var patient in answer.Plans.Select(p => p.Patient).DistinctBy(p => p.Id))
                Add(bundle, patient, "include");
        if (everything || answer.Asked.IncludeAuthor)
            foreach (var authority in answer.Plans.Select(p => p.Episode.Authority).Distinct())
                if (directory.Find(authority) is { ResourceId: { } id } organisation)
                    bundle.Add("Organization", id, OrganisationResource.ToBytes(organisation), "include");
        if (everything)
            AddHistory(bundle, answer, baseUrl, "include");
        bundle.AddOutcome(
            answer.Occurrence.Id,
            [
                .. AnswerTexts
                    .Of(answer, directory)
                    .Select(text => new Issue("informational", text, Severity: "information")),
            ]
        );
        return bundle.Finish();
    }

    private static void Add(SearchsetWriter bundle, StoredResource resource, string mode) =>
        bundle.Add(
            resource.Type.ToString(),
            resource.Id,
            (resource.SettingView.IsEmpty ? resource.Body : resource.SettingView).Span,
            mode
        );

    private static void AddHistory(SearchsetWriter bundle, LookUpAnswer answer, string baseUrl, string mode)
    {
        foreach (var access in answer.History)
            bundle.Add("AuditEvent", access.Id, AuditEventWriter.ToBytes(access, baseUrl, null), mode);
    }
}
