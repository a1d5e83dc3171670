Profile: CPISOccurrenceEvent
Parent: AuditEvent
Id: CPIS-Occurrence
Title: "CP-IS Occurrence"
Description: "What an authority is told on a topic other than record-accessed: a missed appointment, an NHS number that was retired or restored, an upload of its own. A notice names it by its id, and the authority reads it."
* insert DataOnly
* insert NoExtension

* insert Required(type, 1, [[as of an access.]])
* type = $audit-event-type#rest
* insert Required(subtype, 3, [[by what interaction it came to be, what it is, and in which mode it was reported.]])
* insert Bare(subtype)
* subtype ^slicing.discriminator.type = #value
* subtype ^slicing.discriminator.path = "system"
* subtype ^slicing.rules = #open
* subtype contains told 1..1
* insert Required(subtype[told], 1, [[it is what the authority is told of.]])
* subtype[told] from CPISOccurrences (required)
* subtype[told].system = "https://fhir.cpis.example/CodeSystem/occurrence" (exactly)
* insert Optional(period, 1, [[when the child was expected, at a missed appointment.]])
* insert Required(recorded, 1, [[when it was recorded, to the millisecond.]])
* insert Required(outcome, 1, [[0: what was refused is told to nobody.]])
* outcome = #0 (exactly)
* insert Optional(outcomeDesc, 1, [[how many records an upload wrote; no word about a child.]])
* insert Prohibited(purposeOfEvent, [[nobody states one.]])
* insert Required(agent, *, [[the client system, this server, the person and their organisation, with its phone at a missed appointment.]])
* insert Optional(agent.network, 1, [[the phone of the setting that reported: address is the number, type is 3, telephone.]])
* insert Required(source, 1, [[this server.]])
* insert Required(entity, *, [[the child by NHS number, the request id, each plan of the authority that it is about; of an upload its verdict and stamp.]])
