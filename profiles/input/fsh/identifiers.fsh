// How things are named. The NHS number, the ODS code and the SDS ids belong to NHS England, which publishes their systems;
// only the systems that this project invents are described here.

Invariant: cpis-nhs-number
Description: "An NHS number is ten digits of which the last is the modulus 11 check digit."
Severity: #error
Expression: "matches('^[0-9]{10}$') and (substring(0, 1).toInteger() * 10 + substring(1, 1).toInteger() * 9 + substring(2, 1).toInteger() * 8 + substring(3, 1).toInteger() * 7 + substring(4, 1).toInteger() * 6 + substring(5, 1).toInteger() * 5 + substring(6, 1).toInteger() * 4 + substring(7, 1).toInteger() * 3 + substring(8, 1).toInteger() * 2 + substring(9, 1).toInteger()) mod 11 = 0"

Invariant: cpis-ods-code
Description: "An ODS code is 3 to 12 capital letters and digits."
Severity: #error
Expression: "matches('^[A-Z0-9]{3,12}$')"

Invariant: cpis-own-id
Description: "An authority's own id is 1 to 64 letters, digits, dots, colons, slashes, hyphens or underscores: it has to survive a URL."
Severity: #error
Expression: "matches('^[A-Za-z0-9._:/-]{1,64}$')"

RuleSet: NamingSystemCommon
* status = #draft
* kind = #identifier
* date = "2026-11-23"
* publisher = "The CpIs.Fhir contributors"
* uniqueId.type = #uri
* uniqueId.preferred = true

Instance: plan-id
InstanceOf: NamingSystem
Usage: #definition
* name = "CPISPlanId"
* description = "The id that an authority gives to a plan. The authority's ODS code is the last part of the system: https://fhir.cpis.example/Id/plan/{ODS}."
* insert NamingSystemCommon
* uniqueId.value = "https://fhir.cpis.example/Id/plan"
* uniqueId.comment = "The base. A slash and the authority's ODS code are added, so that two authorities cannot collide."

Instance: local-person-id
InstanceOf: NamingSystem
Usage: #definition
* name = "CPISLocalPersonId"
* description = "The id of a person in the case system of an authority. The authority's ODS code is the last part of the system: https://fhir.cpis.example/Id/local-person/{ODS}. It is shown to that authority only."
* insert NamingSystemCommon
* uniqueId.value = "https://fhir.cpis.example/Id/local-person"
* uniqueId.comment = "The base. A slash and the authority's ODS code are added, so that two authorities cannot collide."

Instance: client-id
InstanceOf: NamingSystem
Usage: #definition
* name = "CPISClientId"
* description = "The id under which a client system is registered with the server; AuditEvent names the client by it."
* insert NamingSystemCommon
* uniqueId.value = "https://fhir.cpis.example/Id/client"
