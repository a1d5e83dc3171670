using CpIs.Fhir.Conformance.Artefacts;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The artefacts in the order in which somebody who builds a client needs them: by journey, then what all of them share.</summary>
internal static class Journeys
{
    private static readonly (string Name, string What, string[] Artefacts)[] Named =
    [
        (
            "Upload",
            "An authority sends who has which plan.",
            [
                "StructureDefinition/CPIS-Upload",
                "StructureDefinition/CPIS-Patient",
                "StructureDefinition/CPIS-EpisodeOfCare",
                "StructureDefinition/CPIS-Flag",
                "StructureDefinition/CPIS-Acknowledgement",
                "OperationDefinition/protect",
                "OperationDefinition/unprotect",
                "StructureDefinition/CPIS-Outcome",
                "OperationDefinition/upload",
                "StructureDefinition/CPIS-DailyFile",
                "StructureDefinition/CPIS-DailyRecord",
                "StructureDefinition/CPIS-DailyFileResponse",
                "CodeSystem/upload-file-response",
                "CodeSystem/upload-record-response",
                "CodeSystem/upload-origin",
                "OperationDefinition/quality",
                "CodeSystem/quality-measure",
                "CapabilityStatement/cpis-authority-client",
            ]
        ),
        (
            "Look-up",
            "A care setting looks a child up by NHS number.",
            [
                "OperationDefinition/child-protection",
                "SearchParameter/Flag-code",
                "SearchParameter/Flag-status",
                "StructureDefinition/CPIS-ProtectedFlag",
                "StructureDefinition/CPIS-ProtectedEpisodeOfCare",
                "StructureDefinition/CPIS-Authority",
                "StructureDefinition/CPIS-Setting",
                "StructureDefinition/CPIS-AuditEvent",
                "OperationDefinition/patient-missed-appointment",
                "CapabilityStatement/cpis-setting-client",
            ]
        ),
        (
            "Notify",
            "The authority receives a notice that its child has presented.",
            [
                "Basic/record-accessed",
                "Basic/missed-appointment",
                "Basic/nhs-number-inactive",
                "Basic/upload-processed",
                "StructureDefinition/CPIS-Subscription",
                "StructureDefinition/CPIS-Notification",
                "StructureDefinition/CPIS-NotificationStatus",
                "StructureDefinition/backport-subscription-status-r4",
                "OperationDefinition/subscription-status",
                "OperationDefinition/subscription-events",
                "OperationDefinition/subscription-acknowledge",
                "OperationDefinition/subscription-attempts",
                "OperationDefinition/subscription-test",
                "OperationDefinition/subscription-resend",
                "OperationDefinition/worklist",
                "OperationDefinition/acknowledge",
                "CodeSystem/channel-type",
            ]
        ),
        (
            "For all of them",
            "What the server supports, and how to check a resource before it is sent.",
            [
                "CapabilityStatement/cpis-server",
                "OperationDefinition/validate",
                "CodeSystem/rule",
                "ImplementationGuide/cpis.fhir.r4",
            ]
        ),
    ];

    /// <summary>Every artefact once, under a heading: the named ones by journey, and the others by what they are.</summary>
    public static IEnumerable<(string Name, string What, IReadOnlyList<Artefact> Artefacts)> Of(ArtefactSet artefacts)
    {
        var left = artefacts.All.ToDictionary(artefact => $"{artefact.Type}/{artefact.Id}");
        foreach (var (name, what, members) in Named)
            yield return (name, what, [.. members.Where(left.ContainsKey).Select(member => Take(left, member))]);
        foreach (var rest in left.Values.GroupBy(Kind).OrderBy(group => group.Key, StringComparer.Ordinal).ToList())
            yield return (rest.Key, "", [.. rest]);
    }

    private static Artefact Take(Dictionary<string, Artefact> left, string member)
    {
        left.Remove(member, out var artefact);
        return artefact!;
    }

    private static string Kind(Artefact artefact) =>
        artefact switch
        {
            { IsExtension: true } => "Extensions",
            { Type: "StructureDefinition" } => "Further profiles",
            { Type: "CodeSystem" } => "Code systems",
            { Type: "ValueSet" } => "Value sets",
            { Type: "NamingSystem" } => "Identifier systems",
            _ => "Others",
        };
}
