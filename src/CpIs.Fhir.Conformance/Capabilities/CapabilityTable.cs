using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Conformance.Capabilities;

/// <summary>
/// Everything the exchange offers, once. <c>GET metadata</c> is written from here, the published CapabilityStatement is
/// compared with it, and a test holds it against the endpoints that are really there.
/// </summary>
public static class CapabilityTable
{
    /// <summary>FHIR interaction code of an upload.</summary>
    public const string Transaction = "transaction";

    /// <summary>The operation that takes a daily file, which then has an address of its own.</summary>
    private const string Upload = "upload";

    /// <summary>One row for each resource type.</summary>
    public static IReadOnlyList<ResourceCapability> Resources { get; } =
    [
        new(
            "Patient",
            Ours("CPIS-Patient"),
            ["read", "vread", "history-instance", "create", "update", "search-type"],
            Of(SearchTables.Of(RecordType.Patient)),
            [
                new(
                    "child-protection",
                    FhirSystems.Own + "/OperationDefinition/child-protection",
                    OnType: GetOrPost,
                    OnInstance: []
                ),
                new(
                    "missed-appointment",
                    FhirSystems.Own + "/OperationDefinition/patient-missed-appointment",
                    OnType: ["POST"],
                    OnInstance: []
                ),
                OfPatient("protect"),
                OfPatient("unprotect"),
                Validate,
            ]
        ),
        new(
            "EpisodeOfCare",
            Ours("CPIS-EpisodeOfCare", "CPIS-ProtectedEpisodeOfCare"),
            ["read", "vread", "history-instance", "create", "update", "delete", "search-type"],
            Of(SearchTables.Of(RecordType.EpisodeOfCare)),
            [Validate]
        ),
        new(
            "Flag",
            Ours("CPIS-Flag", "CPIS-ProtectedFlag"),
            ["read", "vread", "history-instance", "create", "update", "delete", "search-type"],
            Of(SearchTables.Of(RecordType.Flag)),
            [Validate]
        ),
        new(
            "Organization",
            Ours("CPIS-Authority", "CPIS-Setting"),
            ["read", "vread", "history-instance", "search-type"],
            Of(SearchTables.Of(RecordType.Organization)),
            [Validate]
        ),
        new(
            "AuditEvent",
            Ours("CPIS-AuditEvent"),
            ["read", "search-type"],
            Of(SearchTables.AuditEvent),
            [ValidateSent]
        ),
        new(
            "Subscription",
            [.. Ours("CPIS-Subscription"), BackportCanonicals.Subscription],
            ["read", "vread", "history-instance", "create", "update", "delete", "search-type"],
            Of(SearchTables.Of(RecordType.Subscription)),
            [
                new(
                    "status",
                    FhirSystems.Own + "/OperationDefinition/subscription-status",
                    OnType: GetOrPost,
                    OnInstance: GetOrPost
                ),
                OfSubscription("events", GetOrPost),
                OfSubscription("acknowledge", ["POST"]),
                OfSubscription("attempts", GetOrPost),
                OfSubscription("test", ["POST"]),
                OfSubscription("resend", ["POST"]),
                Validate,
            ]
        ),
        OnlyValidated(
            "Bundle",
            "CPIS-Upload",
            "CPIS-Acknowledgement",
            "CPIS-Notification",
            "CPIS-DailyFile",
            "CPIS-DailyRecord"
        ),
        OnlyValidated("Parameters", "CPIS-NotificationStatus", "CPIS-DailyFileResponse"),
        OnlyValidated("OperationOutcome", "CPIS-Outcome"),
        .. ArtefactParameters.Types.Select(Published),
    ];

    /// <summary>Operations of the whole server; the methods are those at the base.</summary>
    public static IReadOnlyList<OperationCapability> Operations { get; } =
    [
        new(Upload, FhirSystems.Own + "/OperationDefinition/upload", OnType: ["POST"], OnInstance: []),
        new("worklist", FhirSystems.Own + "/OperationDefinition/worklist", OnType: GetOrPost, OnInstance: []),
        new("quality", FhirSystems.Own + "/OperationDefinition/quality", OnType: ["GET"], OnInstance: []),
        new("acknowledge", FhirSystems.Own + "/OperationDefinition/acknowledge", OnType: ["POST"], OnInstance: []),
    ];

    /// <summary>Each method at each address below the FHIR base.</summary>
    public static IReadOnlyList<OfferedRoute> Routes { get; } =
    [
        new("POST", "", null, Transaction),
        new("GET", "/metadata", null, "capabilities"),
        new("GET", "/.well-known/smart-configuration", null, "smart-configuration"),
        .. Operations.SelectMany(operation =>
            operation.OnType.Select(method => new OfferedRoute(
                method,
                $"/${operation.Name}",
                null,
                $"${operation.Name}"
            ))
        ),
        new("GET", $"/${Upload}/{{id}}", null, "$" + Upload),
        new("DELETE", $"/${Upload}/{{id}}", null, "$" + Upload),
        .. Resources.SelectMany(resource => resource.Routes),
    ];

    private static IReadOnlyList<string> GetOrPost => ["GET", "POST"];

    private static OperationCapability OfSubscription(string name, IReadOnlyList<string> methods) =>
        new(name, $"{FhirSystems.Own}/OperationDefinition/subscription-{name}", OnType: [], OnInstance: methods);

    private static OperationCapability OfPatient(string name) =>
        new(name, $"{FhirSystems.Own}/OperationDefinition/{name}", OnType: [], OnInstance: ["POST"]);

    // At the type it is nothing without a body; a stored resource may be meant by its address.
    private static OperationCapability Validate => ValidateSent with { OnInstance = GetOrPost };

    private static OperationCapability ValidateSent =>
        new("validate", FhirSystems.Own + "/OperationDefinition/validate", OnType: ["POST"], OnInstance: []);

    private static IReadOnlyList<string> Ours(params string[] profiles) => [.. profiles.Select(FhirSystems.Profile)];

    // What travels and is not kept: testers validate it here.
    private static ResourceCapability OnlyValidated(string type, params string[] profiles) =>
        new(type, Ours(profiles), [], [], [ValidateSent]);

    // The profiles and what belongs to them: anyone reads them.
    private static ResourceCapability Published(string type) =>
        new(type, [], ["read", "search-type"], Of(ArtefactParameters.TableOf(type)), []);

    // What the one reader takes is what is offered.
    private static IReadOnlyList<SearchCapability> Of(ParameterTable table) =>
        [.. table.SearchParameters.Select(row => new SearchCapability(row.Name, row.FhirType, row.Definition!))];
}
