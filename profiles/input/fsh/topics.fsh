// R4 has no SubscriptionTopic; the R5 Backport guide carries one in a Basic, with the R5 elements as extensions. A test holds them to the table of
// topics in the code.
// Each is an event trigger and not a resource trigger: something happens, and no stored resource changes. The resource named is AuditEvent, which is
// the focus of the notification. None offers a filter: a wrong one would keep an authority from knowing of a child.
RuleSet: Topic(id, title, description, trigger, event)
* code = http://hl7.org/fhir/fhir-types#SubscriptionTopic
* modifierExtension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.status"
* modifierExtension[=].valueCode = #draft
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.url"
* extension[=].valueUri = "https://fhir.cpis.example/SubscriptionTopic/{id}"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.version"
* extension[=].valueString = "0.3.0"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.title"
* extension[=].valueString = "{title}"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.description"
* extension[=].valueMarkdown = "{description}"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.eventTrigger"
* extension[=].extension[+].url = "description"
* extension[=].extension[=].valueMarkdown = "{trigger}"
* extension[=].extension[+].url = "event"
* extension[=].extension[=].valueCodeableConcept = {event}
* extension[=].extension[+].url = "resource"
* extension[=].extension[=].valueUri = "http://hl7.org/fhir/StructureDefinition/AuditEvent"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.notificationShape"
* extension[=].extension[+].url = "resource"
* extension[=].extension[=].valueUri = "http://hl7.org/fhir/StructureDefinition/AuditEvent"

Instance: record-accessed
InstanceOf: Basic
Usage: #definition
* insert Topic(record-accessed, [[A record of the authority was accessed]], [[A setting looked a child up in unscheduled mode and was shown at least one plan of the authority. Each authority is told of its own records only.]], [[An unscheduled look-up showed a record of the authority.]], [[$lifecycle#access "Access/View Record Lifecycle Event"]])

Instance: missed-appointment
InstanceOf: Basic
Usage: #definition
* insert Topic(missed-appointment, [[A child of the authority missed an appointment]], [[A setting reported that a child did not come to an appointment and a plan of the authority is visible for that child. What a sensitive setting reports is told only where a person there says so for this child.]], [[A setting reported a missed appointment of a child with a plan of the authority.]], [[https://fhir.cpis.example/CodeSystem/occurrence#missed-appointment "Missed appointment"]])

Instance: nhs-number-inactive
InstanceOf: Basic
Usage: #definition
* insert Topic(nhs-number-inactive, [[An NHS number under which the authority holds a plan is not in use]], [[Two operators retired an NHS number under which the authority holds a plan: nothing is shown under it any more. The authority finds the child's number of today and sends the plan under it. A number that is restored is told on the same topic.]], [[An NHS number was retired or restored under which the authority holds a plan.]], [[https://fhir.cpis.example/CodeSystem/occurrence#number-retired "NHS number retired"]])

Instance: upload-processed
InstanceOf: Basic
Usage: #definition
* insert Topic(upload-processed, [[An upload of the authority was processed]], [[An upload of the authority itself was processed: its request id, its stamp, how it ended and how many records it wrote. It is information about no child, so it stands on no work-list and raises no alarm.]], [[An upload of the authority was processed.]], [[https://fhir.cpis.example/CodeSystem/occurrence#upload-processed "Upload processed"]])
