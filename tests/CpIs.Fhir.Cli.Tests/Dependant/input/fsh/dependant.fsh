// One authority narrows our profile for itself: its own ODS code, and a plan that has an end.
Profile: HarefordFlag
Parent: CPIS-Flag
Title: "Flag of Harefordshire"
* author.identifier.value = "XHF01" (exactly)
* period.end 1..1

// Somebody else's record of a conversation, with our plan types.
Profile: PlanConversation
Parent: Communication
Title: "A conversation about a plan"
* reasonCode 1..1
* reasonCode from https://fhir.cpis.example/ValueSet/plan-type (required)
* extension contains https://fhir.cpis.example/StructureDefinition/mode-right named mode 0..1

Instance: hareford-flag
InstanceOf: HarefordFlag
Usage: #example
* extension[flagDetail].valueReference.reference = "EpisodeOfCare/ucp-0001"
* identifier.system = "https://fhir.cpis.example/Id/plan/XHF01"
* identifier.value = "UCP-0001"
* status = #active
* code.coding = http://snomed.info/sct#818901000000100
* subject.reference = "Patient/mother"
* subject.identifier.value = "9990000034"
* period.start = "2026-10-20"
* period.end = "2027-03-14"
