// R4 has no SubscriptionTopic; the R5 Backport guide carries one in a Basic, with the R5 elements as extensions.
// One topic is offered, so one is published. An inactive NHS number and a missed appointment are occurrences too; a topic for them comes
// when the server notifies of them.
// An event trigger and not a resource trigger: it is a READ that causes the notification, no stored resource changes. The resource
// named is AuditEvent, which is the focus of the notification.
Instance: record-accessed
InstanceOf: Basic
Usage: #definition
* code = http://hl7.org/fhir/fhir-types#SubscriptionTopic
* modifierExtension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.status"
* modifierExtension[=].valueCode = #draft
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.url"
* extension[=].valueUri = "https://fhir.cpis.example/SubscriptionTopic/record-accessed"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.version"
* extension[=].valueString = "0.3.0"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.title"
* extension[=].valueString = "A record of the authority was accessed"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.description"
* extension[=].valueMarkdown = "A setting looked a child up in unscheduled mode and was shown at least one plan of the authority. Each authority is told of its own records only."
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.eventTrigger"
* extension[=].extension[+].url = "description"
* extension[=].extension[=].valueMarkdown = "An unscheduled look-up showed a record of the authority."
* extension[=].extension[+].url = "event"
* extension[=].extension[=].valueCodeableConcept = $lifecycle#access "Access/View Record Lifecycle Event"
* extension[=].extension[+].url = "resource"
* extension[=].extension[=].valueUri = "http://hl7.org/fhir/StructureDefinition/AuditEvent"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.notificationShape"
* extension[=].extension[+].url = "resource"
* extension[=].extension[=].valueUri = "http://hl7.org/fhir/StructureDefinition/AuditEvent"
