using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Conformance.Capabilities;

/// <summary>
/// Everything the exchange offers, once. <c>GET metadata</c> is written from here, the published CapabilityStatement is
/// compared with it, and a test holds it against the endpoints that are really there.
/// </summary>
public static class CapabilityTable
{
    private const string Core = "http://hl7.org/fhir/SearchParameter/";

    /// <summary>One row for each resource type.</summary>
    public static IReadOnlyList<ResourceCapability> Resources { get; } =
    [
        new(
            "Patient",
            ["CPIS-Patient"],
            ["read", "vread", "search-type"],
            ["create", "update"],
            Stored(RecordType.Patient),
            [new("child-protection", FhirSystems.Own + "/OperationDefinition/child-protection"), Validate],
            []
        ),
        new(
            "EpisodeOfCare",
            ["CPIS-EpisodeOfCare"],
            ["read", "vread", "search-type"],
            ["create", "update"],
            Stored(RecordType.EpisodeOfCare),
            [Validate],
            []
        ),
        new(
            "Flag",
            ["CPIS-Flag"],
            ["read", "vread", "search-type"],
            ["create", "update"],
            Stored(RecordType.Flag),
            [Validate],
            ["Flag:patient", "Flag:author"]
        ),
        new(
            "Organization",
            ["CPIS-Authority", "CPIS-Setting"],
            ["read", "vread", "search-type"],
            [],
            Stored(RecordType.Organization),
            [Validate],
            []
        ),
        new(
            "AuditEvent",
            ["CPIS-AuditEvent"],
            ["read", "search-type"],
            [],
            [Reference("patient", Core + "AuditEvent-patient"), Date("date", Core + "AuditEvent-date")],
            [Validate],
            []
        ),
        new(
            "Subscription",
            ["CPIS-Subscription"],
            ["read", "vread", "create", "update", "search-type"],
            [],
            [new("url", "uri", Core + "Subscription-url"), Token("status", Core + "Subscription-status")],
            [new("status", FhirSystems.Own + "/OperationDefinition/subscription-status"), Validate],
            []
        ),
        OnlyValidated("Bundle", "CPIS-Upload", "CPIS-Acknowledgement", "CPIS-Notification"),
        OnlyValidated("Parameters", "CPIS-NotificationStatus"),
        OnlyValidated("OperationOutcome", "CPIS-Outcome"),
        .. ArtefactParameters.Types.Select(Published),
    ];

    private static OperationCapability Validate => new("validate", FhirSystems.Own + "/OperationDefinition/validate");

    // What travels and is not kept: testers validate it here.
    private static ResourceCapability OnlyValidated(string type, params string[] profiles) =>
        new(type, profiles, [], [], [], [Validate], []);

    // The profiles and what belongs to them: anyone reads them.
    private static ResourceCapability Published(string type) =>
        new(
            type,
            [],
            ["read", "search-type"],
            [],
            [
                Token("_id", Core + "Resource-id"),
                .. ArtefactParameters
                    .Of(type)
                    .Select(parameter => new SearchCapability(parameter.Code, parameter.Kind, parameter.Definition)),
            ],
            [],
            []
        );

    // What is searched from the store is in Core's table, with what every resource has.
    private static IReadOnlyList<SearchCapability> Stored(RecordType type) =>
        [
            Token("_id", Core + "Resource-id"),
            Date("_lastUpdated", Core + "Resource-lastUpdated"),
            .. SearchParameters
                .Of(type)
                .Select(parameter => new SearchCapability(
                    parameter.Code,
                    TypeOf(parameter.Kind),
                    parameter.Definition
                )),
        ];

    private static string TypeOf(SearchKind kind) =>
        kind switch
        {
            SearchKind.Token => "token",
            SearchKind.Text => "string",
            SearchKind.Date => "date",
            _ => "reference",
        };

    private static SearchCapability Token(string name, string definition) => new(name, "token", definition);

    private static SearchCapability Date(string name, string definition) => new(name, "date", definition);

    private static SearchCapability Reference(string name, string definition) => new(name, "reference", definition);
}
