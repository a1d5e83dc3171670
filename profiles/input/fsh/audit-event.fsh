Profile: CPISAuditEvent
Parent: AuditEvent
Id: CPIS-AuditEvent
Title: "CP-IS AuditEvent"
Description: "An access to a child's record as it is shown to the outside: when, who, in which role and organisation, in which mode, why, and what was shown. It has the shape of the patient query event of the IHE Basic Audit Log Patterns (IHE.BasicAudit.PatientQuery) and narrows it. The one widening: the outcome may be a refusal, because a refused look-up is also an access."
* insert DataOnly
* insert NoExtension

// $child-protection is a search by another name and is recorded the same way.
* insert Required(type, 1, [[IHE says that a search by REST is of this type.]])
* type = $audit-event-type#rest
* insert Required(action, 1, [[IHE says that a search is an execute.]])
* action = #E (exactly)

// The mode stands here because a sub-type can be searched for in R4 (AuditEvent?subtype=) and needs no extension.
* insert Required(subtype, 2, [[that it was a search, and in which mode.]])
* insert Bare(subtype)
* insert Required(subtype.system, 1, [[it tells the two apart.]])
* insert Prohibited(subtype.version, [[the codes mean the same in every version.]])
* insert Required(subtype.code, 1, [[it is the sub-type.]])
* insert Optional(subtype.display, 1, [[people read it.]])
* insert Prohibited(subtype.userSelected, [[how the code was chosen is of no use here.]])
* subtype ^slicing.discriminator.type = #value
* subtype ^slicing.discriminator.path = "system"
* subtype ^slicing.rules = #closed
* subtype contains search 1..1 and mode 0..1
* insert Required(subtype[search], 1, [[IHE says so.]])
* subtype[search].system = "http://hl7.org/fhir/restful-interaction" (exactly)
* subtype[search].code = #search-type (exactly)
* insert Optional(subtype[mode], 1, [[a caller without either right is refused before a mode exists; each look-up that was allowed has one.]])
* subtype[mode] from CPISAccessModes (required)
* subtype[mode].system = "https://fhir.cpis.example/CodeSystem/access-mode" (exactly)

* insert Required(recorded, 1, [[when it was, to the millisecond.]])
* insert Required(outcome, 1, [[whether it was allowed: 0 success, 4 and 8 refused.]])
* insert Prohibited(outcomeDesc, [[the reason for a refusal is not shown outside.]])
* insert Prohibited(period, [[a look-up is a moment.]])
* insert Prohibited(purposeOfEvent, [[the purpose belongs to the person who states it (agent user), as IHE has it.]])

// In the history that a setting reads the client system is left out: who, in which role, where and when is what a colleague needs.
* insert Required(agent, 4, [[the client system, this server, the person and their organisation; nobody else takes part in a look-up.]])
* agent 2..4
* insert BareBackbone(agent)
* insert Required(agent.type, 1, [[it tells the four apart.]])
* insert Optional(agent.role, 1, [[the person has one; nobody else has.]])
* insert Required(agent.who, 1, [[it is who took part.]])
* insert Bare(agent.who)
* insert Prohibited(agent.who.reference, [[those who take part are named by identifier; no resource is kept of them.]])
* insert Prohibited(agent.who.type, [[the type of the agent says what it is.]])
* insert Required(agent.who.identifier, 1, [[it names who took part.]])
* insert PlainIdentifier(agent.who.identifier)
* insert Optional(agent.who.display, 1, [[the organisation has its name here.]])
* insert Prohibited(agent.altId, [[one identifier is enough.]])
* insert Optional(agent.name, 1, [[the person has one; nobody else needs one.]])
* insert Required(agent.requestor, 1, [[the person is the one who asked.]])
* insert Prohibited(agent.location, [[the organisation says where it was.]])
* insert Prohibited(agent.policy, [[no policy decides a look-up.]])
* insert Prohibited(agent.media, [[no media takes part in a look-up.]])
* insert Prohibited(agent.network, [[the peer of the connection is a gateway, which tells an authority nothing and a stranger too much; here the profile departs from IHE.]])
* insert Optional(agent.purposeOfUse, 1, [[the person may state one; nobody else does.]])
* agent ^slicing.discriminator.type = #value
* agent ^slicing.discriminator.path = "type"
* agent ^slicing.rules = #closed
* agent contains client 0..1 and server 1..1 and user 0..1 and organisation 1..1

* agent[client] ^short = "The system that asked"
* insert Optional(agent[client], 1, [[the history that a setting reads leaves it out.]])
* agent[client].type = $dcm#110153
* agent[client].who.identifier.system = "https://fhir.cpis.example/Id/client" (exactly)
* insert Prohibited(agent[client].who.display, [[the id is enough.]])
* insert SystemAgent(client)
* agent[client].requestor = false (exactly)

* agent[server] ^short = "The server that answered"
* insert Required(agent[server], 1, [[whoever keeps events of several servers knows which it was.]])
* agent[server].type = $dcm#110152
* agent[server].who.identifier.system = "urn:ietf:rfc:3986" (exactly)
* insert Prohibited(agent[server].who.display, [[the URL is enough.]])
* insert SystemAgent(server)
* agent[server].requestor = false (exactly)

* agent[user] ^short = "The person who looked"
* insert Optional(agent[user], 1, [[an authority asks who looked, and in which role. It is missing only where a look-up was refused because the request named no person; for a device it is the nominated person.]])
* agent[user].type = $participation#IRCP
* agent[user].who.identifier.system = "https://fhir.nhs.uk/Id/sds-user-id" (exactly)
* insert Prohibited(agent[user].who.display, [[the name stands in name.]])
* insert Required(agent[user].name, 1, [[people know people by name.]])
* agent[user].requestor = true (exactly)
* insert Required(agent[user].role, 1, [[an authority asks in which role the person looked.]])
* insert Bare(agent[user].role)
* insert Required(agent[user].role.coding, 1, [[the role under which the person was signed in.]])
* insert Bare(agent[user].role.coding)
* insert Required(agent[user].role.coding.system, 1, [[a code without its system says nothing.]])
* insert Prohibited(agent[user].role.coding.version, [[the name of the role at that time.]])
* insert Required(agent[user].role.coding.code, 1, [[it is the role.]])
* insert Required(agent[user].role.coding.display, 1, [[people do not know the codes.]])
* insert Prohibited(agent[user].role.coding.userSelected, [[how the code was chosen is of no use here.]])
* insert Prohibited(agent[user].role.text, [[the display says it.]])
* insert Optional(agent[user].purposeOfUse, 1, [[not every token states a purpose, and one that is not stated is not made up.]])
* agent[user].purposeOfUse from $purpose-of-use (required)
* insert Bare(agent[user].purposeOfUse)
* insert Required(agent[user].purposeOfUse.coding, 1, [[it is the purpose.]])
* insert Prohibited(agent[user].purposeOfUse.text, [[free text about a visit could describe the child.]])

* agent[organisation] ^short = "The organisation for which the person looked"
* insert Required(agent[organisation], 1, [[the care setting by ODS code and name; the type is the one that IHE gives the organisation of a SAML user.]])
* agent[organisation].type = $role-class#PROV
* agent[organisation].who.identifier.system = "https://fhir.nhs.uk/Id/ods-organization-code" (exactly)
* agent[organisation].who.identifier.value obeys cpis-ods-code
* insert Required(agent[organisation].who.display, 1, [[people do not know ODS codes.]])
* insert SystemAgent(organisation)
* agent[organisation].requestor = false (exactly)

* insert Required(source, 1, [[R4 asks who recorded it: this server.]])
* insert BareBackbone(source)
* insert Prohibited(source.site, [[it would repeat the observer.]])
* insert Required(source.observer, 1, [[it is this server.]])
* insert Bare(source.observer)
* insert Prohibited(source.observer.reference, [[the server is named by its URL.]])
* insert Prohibited(source.observer.type, [[the server is named by its URL.]])
* insert Required(source.observer.identifier, 1, [[it is the server's URL.]])
* insert PlainIdentifier(source.observer.identifier)
* source.observer.identifier.system = "urn:ietf:rfc:3986" (exactly)
* insert Prohibited(source.observer.display, [[the URL is enough.]])
* insert Prohibited(source.type, [[it would repeat the observer.]])

* insert Required(entity, *, [[whose record, what was asked, under which request id, in which attendance, and each plan that was shown; none is shown on a miss or a refusal.]])
* insert BareBackbone(entity)
* insert Optional(entity.what, 1, [[the query has none.]])
* insert Required(entity.type, 1, [[it tells them apart.]])
* insert Optional(entity.role, 1, [[the request id has none.]])
* insert Prohibited(entity.lifecycle, [[a look-up changes nothing.]])
* insert Prohibited(entity.securityLabel, [[who may see a record follows from rules and not from a label.]])
* insert Prohibited(entity.name, [[a name says no more than the identifier, and too much.]])
* insert Prohibited(entity.description, [[free text could travel in it.]])
* insert Optional(entity.query, 1, [[only the query has one.]])
* insert Prohibited(entity.detail, [[free text could travel in it.]])
* entity ^slicing.discriminator.type = #value
* entity ^slicing.discriminator.path = "type"
* entity ^slicing.rules = #closed
* entity contains patient 0..1 and query 0..1 and transaction 0..1 and attendance 0..1 and plan 0..*

// Each authority has a Patient of its own, so no reference would be right for all who read this.
* entity[patient] ^short = "Whose record was asked for"
* insert Optional(entity[patient], 1, [[a look-up without one valid NHS number is refused, and then there is none.]])
* insert Required(entity[patient].what, 1, [[the child is named by NHS number alone.]])
* entity[patient].what only Reference(Patient)
* insert Bare(entity[patient].what)
* insert Prohibited(entity[patient].what.reference, [[each authority has a Patient of its own.]])
* insert Required(entity[patient].what.type, 1, [[the R4 search parameter patient cannot resolve an identifier.]])
* entity[patient].what.type = "Patient" (exactly)
* insert Required(entity[patient].what.identifier, 1, [[it is the NHS number.]])
* insert NhsNumber(entity[patient].what.identifier)
* insert Prohibited(entity[patient].what.display, [[it would show the name.]])
* entity[patient].type = $audit-entity-type#1
* insert Required(entity[patient].role, 1, [[IHE says so.]])
* entity[patient].role = $object-role#1
* insert Prohibited(entity[patient].query, [[the query stands in an entity of its own.]])

* entity[query] ^short = "What was asked"
* insert Optional(entity[query], 1, [[the request as it came, so that a malformed or malicious one can be recognised; the history that a setting reads leaves it out.]])
* insert Prohibited(entity[query].what, [[a query is no resource.]])
* entity[query].type = $audit-entity-type#2
* insert Required(entity[query].role, 1, [[IHE says so.]])
* entity[query].role = $object-role#24
* insert Required(entity[query].query, 1, [[it is the request.]])

* entity[transaction] ^short = "X-Request-ID"
* insert Optional(entity[transaction], 1, [[what was logged elsewhere is found by it; the history that a setting reads leaves it out.]])
* insert Required(entity[transaction].what, 1, [[it holds the request id.]])
* insert Bare(entity[transaction].what)
* insert Prohibited(entity[transaction].what.reference, [[a request is no resource.]])
* insert Prohibited(entity[transaction].what.type, [[a request is no resource.]])
* insert Required(entity[transaction].what.identifier, 1, [[it is the request id.]])
* insert PlainIdentifier(entity[transaction].what.identifier)
* entity[transaction].what.identifier.system = "https://fhir.nhs.uk/Id/transaction" (exactly)
* insert Prohibited(entity[transaction].what.display, [[the id is enough.]])
* entity[transaction].type = $balp-entity-type#XrequestId
* insert Prohibited(entity[transaction].role, [[IHE gives it none.]])
* insert Prohibited(entity[transaction].query, [[the query stands in an entity of its own.]])

* entity[attendance] ^short = "The attendance that it belongs to"
* insert Optional(entity[attendance], 1, [[an authority finds the other accesses of the visit by it; nobody else sees it.]])
* insert Required(entity[attendance].what, 1, [[it holds the id of the attendance: that of the AuditEvent which opened it.]])
* insert Bare(entity[attendance].what)
* insert Prohibited(entity[attendance].what.reference, [[of an attendance no resource is kept.]])
* insert Prohibited(entity[attendance].what.type, [[of an attendance no resource is kept.]])
* insert Required(entity[attendance].what.identifier, 1, [[it is the id of the attendance.]])
* insert PlainIdentifier(entity[attendance].what.identifier)
* entity[attendance].what.identifier.system = "https://fhir.cpis.example/Id/attendance" (exactly)
* insert Prohibited(entity[attendance].what.display, [[the id is enough.]])
* entity[attendance].type = $resource-types#Encounter
* insert Required(entity[attendance].role, 1, [[IHE says so.]])
* entity[attendance].role = $object-role#4
* insert Prohibited(entity[attendance].query, [[the query stands in an entity of its own.]])

* entity[plan] ^short = "A plan that was shown, as shown"
* insert Optional(entity[plan], *, [[each plan that was shown, in the version that was shown; an authority sees its own.]])
* insert Required(entity[plan].what, 1, [[it is the plan.]])
* entity[plan].what only Reference(EpisodeOfCare)
* insert Bare(entity[plan].what)
* insert Required(entity[plan].what.reference, 1, [[with its version it can be proved later what the person was shown.]])
* entity[plan].what.reference obeys cpis-audit-version
* insert Prohibited(entity[plan].what.type, [[only an EpisodeOfCare is possible.]])
* insert Optional(entity[plan].what.identifier, 1, [[the plan id, where the server shows it.]])
* insert PlainIdentifier(entity[plan].what.identifier)
* insert Prohibited(entity[plan].what.display, [[free text could travel in it.]])
* entity[plan].type = $resource-types#EpisodeOfCare
* insert Required(entity[plan].role, 1, [[IHE says so.]])
* entity[plan].role = $object-role#4
* insert Prohibited(entity[plan].query, [[the query stands in an entity of its own.]])

* obeys cpis-audit-mode and cpis-audit-refused and cpis-audit-complete

// Whoever takes part and is no person.
RuleSet: SystemAgent(slice)
* insert Prohibited(agent[{slice}].role, [[only a person has a role.]])
* insert Prohibited(agent[{slice}].name, [[only a person has a name here.]])
* insert Prohibited(agent[{slice}].purposeOfUse, [[only a person states a purpose.]])

Invariant: cpis-audit-mode
Description: "A look-up that was allowed must have a mode."
Severity: #error
Expression: "outcome.where($this = '0').exists() implies subtype.where(system = 'https://fhir.cpis.example/CodeSystem/access-mode').exists()"

Invariant: cpis-audit-complete
Description: "A look-up that was allowed must name the person and the child."
Severity: #error
Expression: "outcome.where($this = '0').exists() implies (agent.where(type.coding.code = 'IRCP').exists() and entity.where(type.code = '1').exists())"

Invariant: cpis-audit-refused
Description: "A refused look-up must not show a plan."
Severity: #error
Expression: "outcome.where($this != '0').exists() implies entity.where(type.code = 'EpisodeOfCare').empty()"

Invariant: cpis-audit-version
Description: "A reference to a plan must name the version that was shown."
Severity: #error
Expression: "matches('^(.*/)?EpisodeOfCare/[A-Za-z0-9.-]{1,64}/_history/[A-Za-z0-9.-]{1,64}$')"
