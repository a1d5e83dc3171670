namespace CpIs.Fhir.Core;

/// <summary>Every identifier system, code system, extension and canonical that CP-IS uses, each written once.</summary>
public static class FhirSystems
{
    /// <summary>The placeholder domain under which this project's own canonicals live.</summary>
    public const string Own = "https://fhir.cpis.example";

    /// <summary>NHS number (identifier system, NHS England).</summary>
    public const string NhsNumber = "https://fhir.nhs.uk/Id/nhs-number";

    /// <summary>ODS code of an organisation (identifier system, NHS England).</summary>
    public const string OdsOrganisation = "https://fhir.nhs.uk/Id/ods-organization-code";

    /// <summary>SDS user id of a person (identifier system, NHS England).</summary>
    public const string SdsUser = "https://fhir.nhs.uk/Id/sds-user-id";

    /// <summary>SDS role profile id of a person in a role (identifier system, NHS England).</summary>
    public const string SdsRoleProfile = "https://fhir.nhs.uk/Id/sds-role-profile-id";

    /// <summary>SDS job role codes (code system, UK Core).</summary>
    public const string SdsJobRole = "https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName";

    /// <summary>Transaction identifiers, the X-Request-ID of a request (identifier system, NHS England).</summary>
    public const string Transaction = "https://fhir.nhs.uk/Id/transaction";

    /// <summary>Spine error and warning codes, carried in <c>OperationOutcome.issue.details</c>.</summary>
    public const string SpineErrorOrWarningCode = "https://fhir.nhs.uk/CodeSystem/England-SpineErrorOrWarningCode";

    /// <summary>SNOMED CT.</summary>
    public const string Snomed = "http://snomed.info/sct";

    /// <summary>HL7's categories of flags; a CP-IS Flag is always <c>safety</c>.</summary>
    public const string FlagCategory = "http://terminology.hl7.org/CodeSystem/flag-category";

    /// <summary>HL7's v3 act codes, among them the security labels; see <see cref="NotForPatient"/>.</summary>
    public const string ActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    /// <summary>HL7's v3 confidentiality codes: <c>V</c> on a plan is the protected mark.</summary>
    public const string Confidentiality = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

    /// <summary>HL7's extension from a Flag to what it is about: here, the EpisodeOfCare it is derived from.</summary>
    public const string FlagDetail = "http://hl7.org/fhir/StructureDefinition/flag-detail";

    /// <summary>Marks the telecom that reaches the authority's emergency duty team (valueBoolean true).</summary>
    public const string EmergencyDuty = Own + "/StructureDefinition/emergency-duty";

    /// <summary>What kind of care setting an Organization is (valueCode).</summary>
    public const string SettingKind = Own + "/StructureDefinition/setting-kind";

    /// <summary>A mode in which a setting may look children up (valueCode <c>unscheduled</c> or <c>scheduled</c>).</summary>
    public const string ModeRight = Own + "/StructureDefinition/mode-right";

    /// <summary>On a Subscription: whether it is its authority's place of action (valueBoolean).</summary>
    public const string PlaceOfAction = Own + "/StructureDefinition/place-of-action";

    /// <summary>Where an upload comes from, as a tag of its Bundle: <c>form</c>, or no tag for a case system.</summary>
    public const string UploadOrigin = Own + "/CodeSystem/upload-origin";

    /// <summary>The codes <c>unscheduled</c> and <c>scheduled</c>.</summary>
    public const string AccessMode = Own + "/CodeSystem/access-mode";

    /// <summary>Ids of the rules of CP-IS that an issue can name.</summary>
    public const string Rule = Own + "/CodeSystem/rule";

    /// <summary>Ids of attendances (identifier system): each is the id of the AuditEvent that opened it, for one authority.</summary>
    public const string Attendance = Own + "/Id/attendance";

    /// <summary>Verdicts on a daily file, in the national codes CPF01 to CPF06.</summary>
    public const string UploadFileResponse = Own + "/CodeSystem/upload-file-response";

    /// <summary>Verdicts on a record of a daily file, in the national codes CPR01 to CPR07.</summary>
    public const string UploadRecordResponse = Own + "/CodeSystem/upload-record-response";

    /// <summary>An authority's numbers of its daily files (identifier system); the ODS code is its last part.</summary>
    public static string DailyFile(string authority) => $"{Own}/Id/daily-file/{authority}";

    /// <summary>How the identifier systems of plan ids begin, whichever authority's they are: its ODS code follows.</summary>
    public const string PlanIds = Own + "/Id/plan/";

    /// <summary>How the identifier systems of authorities' own person ids begin: the ODS code follows.</summary>
    public const string LocalPersonIds = Own + "/Id/local-person/";

    /// <summary>Identifier system of an authority's own plan ids.</summary>
    public static string PlanId(OdsCode authority) => $"{PlanIds}{authority}";

    /// <summary>Identifier system of an authority's own person ids.</summary>
    public static string LocalPersonId(OdsCode authority) => $"{LocalPersonIds}{authority}";

    /// <summary>Canonical of one of this project's profiles, such as <c>CPIS-Flag</c>.</summary>
    public static string Profile(string name) => $"{Own}/StructureDefinition/{name}";
}
