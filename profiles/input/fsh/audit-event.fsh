Profile: CPISAuditEvent
Parent: AuditEvent
Id: CPIS-AuditEvent
Title: "CP-IS AuditEvent"
Description: "An access to a child's record as it is shown to the outside: when, who, in which role and organisation, in which mode, why, and what was shown. It has the shape of the patient query event of the IHE Basic Audit Log Patterns (IHE.BasicAudit.PatientQuery) and narrows it. The one widening: the outcome may be a refusal, because a refused look-up is also an access."
* insert DataOnly
* extension 0..0

// Required and fixed by IHE: a RESTful search, which is "execute". $child-protection is a search by another name and is recorded the same way.
* type = $audit-event-type#rest
* action 1..1
* action = #E (exactly)

// Required: that it was a search. Required when the look-up was allowed: its mode. The mode stands here because a sub-type can be searched
// for in R4 (AuditEvent?subtype=) and needs no extension. A caller without either right is refused before a mode exists.
* subtype 1..2
* subtype ^slicing.discriminator.type = #value
* subtype ^slicing.discriminator.path = "system"
* subtype ^slicing.rules = #closed
* subtype contains search 1..1 and mode 0..1
* subtype[search].system 1..1
* subtype[search].system = "http://hl7.org/fhir/restful-interaction" (exactly)
* subtype[search].code 1..1
* subtype[search].code = #search-type (exactly)
* subtype[mode] from CPISAccessModes (required)
* subtype[mode].system 1..1
* subtype[mode].system = "https://fhir.cpis.example/CodeSystem/access-mode" (exactly)
* subtype[mode].code 1..1

// Required: when, and whether it was allowed (0 success; 4 and 8 refused). Why it was refused is not told outside.
* outcome 1..1
* outcomeDesc 0..0
* period 0..0
// Prohibited here: the purpose belongs to the person who states it (agent user), as IHE has it.
* purposeOfEvent 0..0

// Required: the client system, this server, the person and their organisation. Nobody else takes part in a look-up.
// The person is missing only where the look-up was refused because the request named none. In the history that a setting
// reads the client system is left out: who, in which role, where and when is what a colleague needs.
* agent 2..4
* agent ^slicing.discriminator.type = #value
* agent ^slicing.discriminator.path = "type"
* agent ^slicing.rules = #closed
* agent contains client 0..1 and server 1..1 and user 0..1 and organisation 1..1

* insert Agent(client)
* agent[client] ^short = "The system that asked"
* agent[client].type = $dcm#110153
* insert PlainIdentifier(agent[client].who.identifier)
* agent[client].who.identifier.system = "https://fhir.cpis.example/Id/client" (exactly)
* agent[client].requestor = false (exactly)
* agent[client].role 0..0
* agent[client].name 0..0
* agent[client].purposeOfUse 0..0
// Prohibited, against IHE: the peer of the connection is a gateway, which tells an authority nothing and a stranger too much.
* agent[client].network 0..0

* insert Agent(server)
* agent[server] ^short = "The server that answered"
* agent[server].type = $dcm#110152
* insert PlainIdentifier(agent[server].who.identifier)
* agent[server].who.identifier.system = "urn:ietf:rfc:3986" (exactly)
* agent[server].requestor = false (exactly)
* agent[server].role 0..0
* agent[server].name 0..0
* agent[server].purposeOfUse 0..0
* agent[server].network 0..0

// Required: the person by SDS user id, name and role, since an authority asks "who looked, and as what". For a device it is the nominated person.
* insert Agent(user)
* agent[user] ^short = "The person who looked"
* agent[user].type = $participation#IRCP
* insert PlainIdentifier(agent[user].who.identifier)
* agent[user].who.identifier.system = "https://fhir.nhs.uk/Id/sds-user-id" (exactly)
* agent[user].name 1..1
* agent[user].requestor = true (exactly)
* agent[user].role 1..1
* agent[user].role.coding 1..1
* agent[user].role.coding.system 1..1
* agent[user].role.coding.code 1..1
* agent[user].role.coding.display 1..1
* agent[user].role.text 0..0
* agent[user].network 0..0
// Optional: not every token states a purpose; one that is not stated is not made up.
* agent[user].purposeOfUse 0..1
* agent[user].purposeOfUse from $purpose-of-use (required)
* agent[user].purposeOfUse.coding 1..1
* agent[user].purposeOfUse.text 0..0

// Required: the care setting by ODS code and name. The type is the one that IHE gives the organisation of a SAML user.
* insert Agent(organisation)
* agent[organisation] ^short = "The organisation for which the person looked"
* agent[organisation].type = $role-class#PROV
* insert PlainIdentifier(agent[organisation].who.identifier)
* agent[organisation].who.identifier.system = "https://fhir.nhs.uk/Id/ods-organization-code" (exactly)
* agent[organisation].who.identifier.value obeys cpis-ods-code
* agent[organisation].who.display 1..1
* agent[organisation].requestor = false (exactly)
* agent[organisation].role 0..0
* agent[organisation].name 0..0
* agent[organisation].network 0..0
* agent[organisation].purposeOfUse 0..0

// Required by R4: who recorded it, which is this server. Site and type would only repeat it.
* source.observer.identifier 1..1
* insert PlainIdentifier(source.observer.identifier)
* source.observer.identifier.system = "urn:ietf:rfc:3986" (exactly)
* source.observer.reference 0..0
* source.site 0..0
* source.type 0..0

// Required: what was asked, and the request's id (left out of the history that a setting reads); and whose record, unless the look-up was refused for want of one valid NHS number.
// Repeated: each plan that was shown; none on a miss or a refusal.
* entity 1..*
* entity.extension 0..0
* entity.modifierExtension 0..0
* entity ^slicing.discriminator.type = #value
* entity ^slicing.discriminator.path = "type"
* entity ^slicing.rules = #closed
* entity contains patient 0..1 and query 0..1 and transaction 0..1 and plan 0..*

// The child is named by NHS number alone. Each authority has a Patient of its own, so no reference would be right for all who read this.
// `type` says that it is a Patient, because the R4 search parameter `patient` cannot resolve an identifier.
* entity[patient] ^short = "Whose record was asked for"
* entity[patient].what 1..1
* entity[patient].what only Reference(Patient)
* entity[patient].what.reference 0..0
* entity[patient].what.type 1..1
* entity[patient].what.type = "Patient" (exactly)
* entity[patient].what.identifier 1..1
* insert PlainIdentifier(entity[patient].what.identifier)
* entity[patient].what.identifier.system = "https://fhir.nhs.uk/Id/nhs-number" (exactly)
* entity[patient].what.identifier.value obeys cpis-nhs-number
* entity[patient].what.display 0..0
* entity[patient].type 1..1
* entity[patient].type = $audit-entity-type#1
* entity[patient].role 1..1
* entity[patient].role = $object-role#1
* insert BareEntity(patient)
* entity[patient].query 0..0

// The request as it came, byte for byte, so that a malformed or malicious one can be recognised.
* entity[query] ^short = "What was asked"
* entity[query].what 0..0
* entity[query].type 1..1
* entity[query].type = $audit-entity-type#2
* entity[query].role 1..1
* entity[query].role = $object-role#24
* insert BareEntity(query)
* entity[query].query 1..1

* entity[transaction] ^short = "X-Request-ID"
* entity[transaction].what 1..1
* entity[transaction].what.reference 0..0
* entity[transaction].what.identifier 1..1
* entity[transaction].what.identifier.value 1..1
* entity[transaction].what.display 0..0
* entity[transaction].type 1..1
* entity[transaction].type = $balp-entity-type#XrequestId
* entity[transaction].role 0..0
* insert BareEntity(transaction)
* entity[transaction].query 0..0

// The plan with its version, so that it can be proved later what the person was shown.
* entity[plan] ^short = "A plan that was shown, as shown"
* entity[plan].what 1..1
* entity[plan].what only Reference(EpisodeOfCare)
* entity[plan].what.reference 1..1
* entity[plan].what.reference obeys cpis-audit-version
* entity[plan].what.identifier 1..1
* insert PlainIdentifier(entity[plan].what.identifier)
* entity[plan].what.display 0..0
* entity[plan].type 1..1
* entity[plan].type = $resource-types#EpisodeOfCare
* entity[plan].role 1..1
* entity[plan].role = $object-role#4
* insert BareEntity(plan)
* entity[plan].query 0..0

* obeys cpis-audit-mode and cpis-audit-refused and cpis-audit-complete

RuleSet: Agent(slice)
* agent[{slice}].extension 0..0
* agent[{slice}].modifierExtension 0..0
* agent[{slice}].type 1..1
* agent[{slice}].who 1..1
* agent[{slice}].who.reference 0..0
* agent[{slice}].who.identifier 1..1
* agent[{slice}].altId 0..0
* agent[{slice}].location 0..0
* agent[{slice}].policy 0..0
* agent[{slice}].media 0..0

RuleSet: BareEntity(slice)
* entity[{slice}].lifecycle 0..0
* entity[{slice}].securityLabel 0..0
* entity[{slice}].name 0..0
* entity[{slice}].description 0..0
* entity[{slice}].detail 0..0

Invariant: cpis-audit-mode
Description: "A look-up that was allowed has a mode."
Severity: #error
Expression: "outcome = '0' implies subtype.where(system = 'https://fhir.cpis.example/CodeSystem/access-mode').exists()"

Invariant: cpis-audit-complete
Description: "A look-up that was allowed names the person and the child."
Severity: #error
Expression: "outcome = '0' implies (agent.where(type.coding.code = 'IRCP').exists() and entity.where(type.code = '1').exists())"

Invariant: cpis-audit-refused
Description: "A refused look-up showed no plan."
Severity: #error
Expression: "outcome != '0' implies entity.where(type.code = 'EpisodeOfCare').empty()"

Invariant: cpis-audit-version
Description: "A plan is referred to in the version that was shown."
Severity: #error
Expression: "matches('^(.*/)?EpisodeOfCare/[A-Za-z0-9.-]{1,64}/_history/[A-Za-z0-9.-]{1,64}$')"
