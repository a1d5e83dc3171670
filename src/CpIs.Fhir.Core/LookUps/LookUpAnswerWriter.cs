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
        var interaction = answer.Request.Interaction;
        var ofHistory = interaction == LookUpInteraction.AuditEvent;
        var matches = ofHistory ? answer.History.Count : answer.Plans.Count + (answer.Protected is null ? 0 : 1);
        using var bundle = new SearchsetWriter(
            baseUrl,
            answer.Occurrence.Id,
            answer.Occurrence.Time,
            matches,
            $"{baseUrl}/{answer.Request.Path}?{answer.Request.Query}",
            capacity: 2_048 + answer.Plans.Count * BytesOfPlan + answer.History.Count * BytesOfAccess,
            notForPatient: true
        );

        if (ofHistory)
            AddHistory(bundle, answer, baseUrl, "match");
        else
            AddPlans(bundle, answer, directory);
        if (interaction == LookUpInteraction.ChildProtection)
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

    /// <summary>The plans, and all that they refer to, each once: a setting can read nothing of it by itself.</summary>
    private static void AddPlans(SearchsetWriter bundle, LookUpAnswer answer, OrganisationDirectory directory)
    {
        var areEpisodes = answer.Request.Interaction == LookUpInteraction.EpisodeOfCare;
        // First, so that its place says nothing either.
        if (answer.Protected is { } record)
            bundle.Add(
                areEpisodes ? "EpisodeOfCare" : "Flag",
                record.Id,
                areEpisodes ? record.ToEpisode(answer.Asked.Child) : record.ToFlag(answer.Asked.Child),
                "match"
            );
        foreach (var plan in answer.Plans)
            Add(bundle, areEpisodes ? plan.Episode : plan.Flag, "match");
        if (!areEpisodes)
            foreach (var plan in answer.Plans)
                Add(bundle, plan.Episode, "include");
        foreach (var patient in answer.Plans.Select(p => p.Patient).DistinctBy(p => p.Id))
            Add(bundle, patient, "include");
        foreach (var authority in answer.Plans.Select(p => p.Episode.Authority).Distinct())
            if (directory.Find(authority) is { ResourceId: { } id } organisation)
                bundle.Add("Organization", id, OrganisationResource.ToBytes(organisation), "include");
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
