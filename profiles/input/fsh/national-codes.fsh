// Code systems of NHS England and UK Core that travel on the wire. Fragments: the codes that this service reads, writes or explains;
// whoever needs the rest takes it from the owner.
RuleSet: Fragment(url, owner)
* ^url = "{url}"
* ^publisher = "{owner} (fragment by CpIs.Fhir)"
* ^content = #fragment
* ^caseSensitive = true
* ^experimental = false

CodeSystem: SDSJobRoleName
Id: sds-job-role-name
Title: "SDS job role (fragment)"
Description: "Roles under which people of the NHS sign in. AuditEvent names the role of the person who looked by it; a server takes any code that the token brings."
* insert Fragment([[https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName]], HL7 UK)
* #R0260 "General Medical Practitioner"
* #R8000 "Clinical Practitioner Access Role"

CodeSystem: ODSOrganisationRole
Id: ods-organisation-role
Title: "ODS organisation role (fragment)"
Description: "What an organisation is to the Organisation Data Service, as far as it helps to register authorities and settings; the displays are in our words. It does not decide the mode: ODS does not tell an emergency department from a ward."
* insert Fragment([[https://digital.nhs.uk/services/organisation-data-service/CodeSystem/ODSOrganisationRole]], NHS England)
* #RO141 "Local authority"
* #RO222 "Local authority site"
* #RO197 "NHS trust"
* #RO198 "NHS trust site"
* #RO57 "Foundation trust"
* #RO107 "Care trust"
* #RO177 "Prescribing cost centre"
* #RO76 "GP practice"
* #RO80 "Out of hours"
* #RO87 "Walk-in centre"
* #RO236 "Sexual assault referral centre"
* #RO110 "Dental practice"
* #RO172 "Independent provider"
* #RO176 "Independent provider site"

CodeSystem: SpineErrorOrWarningCode
Id: spine-error-or-warning
Title: "Spine error or warning code (fragment)"
Description: "Codes by which services of the Spine say what is wrong."
* insert Fragment([[https://fhir.nhs.uk/CodeSystem/England-SpineErrorOrWarningCode]], NHS England)
* #ACCESS_DENIED "Access denied"
* #FAILURE_TO_PROCESS_MESSAGE "Failure to process message"
* #UNABLE_TO_CALL_SERVICE "Unable to call service"
* #UNSUPPORTED_SERVICE "Unsupported service"
* #RESOURCE_NOT_FOUND "Resource not found"
* #INVALID_RESOURCE_ID "Invalid resource id"
* #INVALIDATED_RESOURCE "Invalidated resource"
* #INVALID_SEARCH_DATA "Invalid search data"
* #TOO_MANY_MATCHES "Too many matches"
* #PRECONDITION_FAILED "Precondition failed"
* #RESOURCE_VERSION_MISMATCH "Resource version mismatch"
* #FORBIDDEN_UPDATE "Forbidden update"
* #VALIDATION_ERROR "Validation error"
* #INVALID_UPDATE "Invalid update"
* #MISSING_VALUE "Missing value"
* #INVALID_VALUE "Invalid value"
* #UNSUPPORTED_VALUE "Unsupported value"
* #TOO_FEW_VALUES_SUBMITTED "Too few values submitted"
* #TOO_MANY_VALUES_SUBMITTED "Too many values submitted"
* #ADDITIONAL_PROPERTIES "Additional properties"

// One by one: of a fragment nobody can say what is not in it.
ValueSet: CPISSpineErrorOrWarning
Id: spine-error-or-warning
Title: "CP-IS Spine codes"
Description: "The Spine codes that this service answers with, and those that it may come to need."
* ^experimental = false
* SpineErrorOrWarningCode#ACCESS_DENIED
* SpineErrorOrWarningCode#FAILURE_TO_PROCESS_MESSAGE
* SpineErrorOrWarningCode#UNABLE_TO_CALL_SERVICE
* SpineErrorOrWarningCode#UNSUPPORTED_SERVICE
* SpineErrorOrWarningCode#RESOURCE_NOT_FOUND
* SpineErrorOrWarningCode#INVALID_RESOURCE_ID
* SpineErrorOrWarningCode#INVALIDATED_RESOURCE
* SpineErrorOrWarningCode#INVALID_SEARCH_DATA
* SpineErrorOrWarningCode#TOO_MANY_MATCHES
* SpineErrorOrWarningCode#PRECONDITION_FAILED
* SpineErrorOrWarningCode#RESOURCE_VERSION_MISMATCH
* SpineErrorOrWarningCode#FORBIDDEN_UPDATE
* SpineErrorOrWarningCode#VALIDATION_ERROR
* SpineErrorOrWarningCode#INVALID_UPDATE
* SpineErrorOrWarningCode#MISSING_VALUE
* SpineErrorOrWarningCode#INVALID_VALUE
* SpineErrorOrWarningCode#UNSUPPORTED_VALUE
* SpineErrorOrWarningCode#TOO_FEW_VALUES_SUBMITTED
* SpineErrorOrWarningCode#TOO_MANY_VALUES_SUBMITTED
* SpineErrorOrWarningCode#ADDITIONAL_PROPERTIES
