using CpIs.Fhir.Core;

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
                [
                    Token("_id", Core + "Resource-id"),
                    Date("_lastUpdated", Core + "Resource-lastUpdated"),
                    Token("identifier", Core + "Patient-identifier"),
                    Text("family", Core + "individual-family"),
                    Text("given", Core + "individual-given"),
                    Text("name", Core + "Patient-name"),
                    Date("birthdate", Core + "individual-birthdate"),
                ],
                [new("child-protection", FhirSystems.Own + "/OperationDefinition/child-protection")],
                []
            ),
            new(
                "EpisodeOfCare",
                ["CPIS-EpisodeOfCare"],
                ["read", "vread", "search-type"],
                ["create", "update"],
                [
                    Token("_id", Core + "Resource-id"),
                    Date("_lastUpdated", Core + "Resource-lastUpdated"),
                    Token("identifier", Core + "clinical-identifier"),
                    Reference("patient", Core + "clinical-patient"),
                    Token("status", Core + "EpisodeOfCare-status"),
                    Token("type", Core + "clinical-type"),
                    Date("date", Core + "clinical-date"),
                    Reference("organization", Core + "EpisodeOfCare-organization"),
                ],
                [],
                []
            ),
            new(
                "Flag",
                ["CPIS-Flag"],
                ["read", "vread", "search-type"],
                ["create", "update"],
                [
                    Token("_id", Core + "Resource-id"),
                    Date("_lastUpdated", Core + "Resource-lastUpdated"),
                    Token("identifier", Core + "Flag-identifier"),
                    Reference("patient", Core + "clinical-patient"),
                    Reference("subject", Core + "Flag-subject"),
                    Reference("author", Core + "Flag-author"),
                    Date("date", Core + "clinical-date"),
                    Token("status", FhirSystems.Own + "/SearchParameter/Flag-status"),
                ],
                [],
                ["Flag:patient", "Flag:author"]
            ),
            new(
                "Organization",
                ["CPIS-Authority", "CPIS-Setting"],
                ["read", "vread", "search-type"],
                [],
                [
                    Token("_id", Core + "Resource-id"),
                    Date("_lastUpdated", Core + "Resource-lastUpdated"),
                    Token("identifier", Core + "Organization-identifier"),
                    Text("name", Core + "Organization-name"),
                ],
                [],
                []
            ),
            new(
                "AuditEvent",
                ["CPIS-AuditEvent"],
                ["read", "search-type"],
                [],
                [Reference("patient", Core + "AuditEvent-patient"), Date("date", Core + "AuditEvent-date")],
                [],
                []
            ),
            new(
                "Subscription",
                ["CPIS-Subscription"],
                ["read", "vread", "create", "update", "search-type"],
                [],
                [
                    new("url", "uri", Core + "Subscription-url"),
                    Token("status", Core + "Subscription-status"),
                ],
                [new("status", FhirSystems.Own + "/OperationDefinition/subscription-status")],
                []
            ),
        ];

    private static SearchCapability Token(string name, string definition) => new(name, "token", definition);

    private static SearchCapability Date(string name, string definition) => new(name, "date", definition);

    private static SearchCapability Text(string name, string definition) => new(name, "string", definition);

    private static SearchCapability Reference(string name, string definition) => new(name, "reference", definition);
}
