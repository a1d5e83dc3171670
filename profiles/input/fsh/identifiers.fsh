// How things are named. Four identifier systems are this project's own. The others belong to NHS England, which publishes no
// NamingSystem of them that could be depended on; what stands here describes them, and NHS England has the last word.

Invariant: cpis-nhs-number
Description: "An NHS number is ten digits without spaces; the last is a check digit. Check it against the person's record."
Severity: #error
Expression: "matches('^[0-9]{10}$') and (substring(0, 1).toInteger() * 10 + substring(1, 1).toInteger() * 9 + substring(2, 1).toInteger() * 8 + substring(3, 1).toInteger() * 7 + substring(4, 1).toInteger() * 6 + substring(5, 1).toInteger() * 5 + substring(6, 1).toInteger() * 4 + substring(7, 1).toInteger() * 3 + substring(8, 1).toInteger() * 2 + substring(9, 1).toInteger()) mod 11 = 0"

Invariant: cpis-ods-code
Description: "An ODS code is 3 to 12 capital letters and digits."
Severity: #error
Expression: "matches('^[A-Z0-9]{3,12}$')"

Invariant: cpis-own-id
Description: "An authority's own id is 1 to 64 letters, digits, dots, colons, slashes, hyphens or underscores: it must be safe in a URL."
Severity: #error
Expression: "matches('^[A-Za-z0-9._:/-]{1,64}$')"

RuleSet: NamingSystemCommon
* status = #draft
* kind = #identifier
* date = "2026-11-24"
* publisher = "The CpIs.Fhir contributors"

RuleSet: OwnSystem(name, description, url)
* name = "{name}"
* description = "{description}"
* insert NamingSystemCommon
* uniqueId.type = #uri
* uniqueId.value = "{url}"
* uniqueId.preferred = true

RuleSet: NationalSystem(name, description, responsible, url)
* name = "{name}"
* description = "{description}"
* insert NamingSystemCommon
* responsible = "{responsible}"
* uniqueId[0].type = #uri
* uniqueId[0].value = "{url}"
* uniqueId[0].preferred = true

RuleSet: Oid(oid)
* uniqueId[1].type = #oid
* uniqueId[1].value = "{oid}"
* uniqueId[1].comment = "In HL7 v3 messages."

Instance: plan-id
InstanceOf: NamingSystem
Usage: #definition
* insert OwnSystem(CPISPlanId, [[The id that an authority gives to a plan. The authority's ODS code is the last part of the system: https://fhir.cpis.example/Id/plan/{ODS}.]], [[https://fhir.cpis.example/Id/plan]])
* uniqueId.comment = "The base. A slash and the authority's ODS code are added, so that two authorities cannot collide."

Instance: local-person-id
InstanceOf: NamingSystem
Usage: #definition
* insert OwnSystem(CPISLocalPersonId, [[The id of a person in the case system of an authority. The authority's ODS code is the last part of the system: https://fhir.cpis.example/Id/local-person/{ODS}. It is shown to that authority only.]], [[https://fhir.cpis.example/Id/local-person]])
* uniqueId.comment = "The base. A slash and the authority's ODS code are added, so that two authorities cannot collide."

Instance: client-id
InstanceOf: NamingSystem
Usage: #definition
* insert OwnSystem(CPISClientId, [[The id under which a client system is registered with the server; AuditEvent names the client by it.]], [[https://fhir.cpis.example/Id/client]])

Instance: attendance-id
InstanceOf: NamingSystem
Usage: #definition
* insert OwnSystem(CPISAttendanceId, [[The id of one visit of a child to one setting, for one authority: that of the AuditEvent which opened it.]], [[https://fhir.cpis.example/Id/attendance]])

Instance: nhs-number
InstanceOf: NamingSystem
Usage: #definition
* insert NationalSystem(NHSNumber, [[Ten digits that name a person in England and Wales; the last is a check digit.]], NHS England, [[https://fhir.nhs.uk/Id/nhs-number]])
* insert Oid(2.16.840.1.113883.2.1.4.1)

Instance: ods-organisation
InstanceOf: NamingSystem
Usage: #definition
* insert NationalSystem(ODSOrganisationCode, [[The code of an organisation in the Organisation Data Service.]], NHS England, [[https://fhir.nhs.uk/Id/ods-organization-code]])
* insert Oid(2.16.840.1.113883.2.1.3.2.4.19.1)

Instance: sds-user-id
InstanceOf: NamingSystem
Usage: #definition
* insert NationalSystem(SDSUserId, [[The id of a person in the Spine Directory Service: who holds the smartcard.]], NHS England, [[https://fhir.nhs.uk/Id/sds-user-id]])
* insert Oid(1.2.826.0.1285.0.3.0.65)

Instance: sds-role-profile-id
InstanceOf: NamingSystem
Usage: #definition
* insert NationalSystem(SDSRoleProfileId, [[The id of a person in one role at one organisation in the Spine Directory Service.]], NHS England, [[https://fhir.nhs.uk/Id/sds-role-profile-id]])
* insert Oid(1.2.826.0.1285.0.3.0.67)

Instance: transaction-id
InstanceOf: NamingSystem
Usage: #definition
* insert NationalSystem(TransactionId, [[The id of one request: here X-Request-ID.]], NHS England, [[https://fhir.nhs.uk/Id/transaction]])
