// What the R5 Backport calls SubscriptionStatus, which R4 has not: Parameters. It is the first entry of a notification and the entry of an answer of $status.
Profile: CPISNotificationStatus
Parent: Parameters
Id: CPIS-NotificationStatus
Title: "CP-IS Notification Status"
Description: "The state of a Subscription and, in a notification, the events that it reports. The R4 form of the R5 Backport's SubscriptionStatus, which it narrows: no error details of other kinds, no other parameters."
* insert Optional(id, 1, [[the server gives it in a notification.]])
* insert PlainMeta
* insert Prohibited(implicitRules, [[rules from elsewhere are not supported.]])
* insert Prohibited(language, [[there is no text whose language would matter.]])

* insert Required(parameter, *, [[the state of the Subscription.]])
* insert BareBackbone(parameter)
* insert Required(parameter.name, 1, [[it tells the parameters apart.]])
* insert Optional(parameter.value[x], 1, [[each parameter has one, but the events.]])
* insert Prohibited(parameter.resource, [[an access is an entry of the notification.]])
* insert Optional(parameter.part, *, [[an event has parts.]])
* parameter ^slicing.discriminator.type = #value
* parameter ^slicing.discriminator.path = "name"
* parameter ^slicing.rules = #closed
* parameter contains subscription 1..1 and topic 0..1 and status 1..1 and type 1..1 and eventsSinceSubscriptionStart 1..1 and placeOfAction 0..1 and notificationEvent 0..* and error 0..1

* insert Required(parameter[subscription], 1, [[it says whose notification this is.]])
* parameter[subscription].name = "subscription" (exactly)
* insert ValueOnly(parameter[subscription])
* parameter[subscription].value[x] only Reference(Subscription)
* insert Optional(parameter[topic], 1, [[with content empty the notification does not say what it is about.]])
* parameter[topic].name = "topic" (exactly)
* insert ValueOnly(parameter[topic])
* parameter[topic].value[x] only canonical
* insert Required(parameter[status], 1, [[whether the Subscription is still active.]])
* parameter[status].name = "status" (exactly)
* insert ValueOnly(parameter[status])
* parameter[status].value[x] only code
* parameter[status].valueCode from http://hl7.org/fhir/ValueSet/subscription-status (required)
* insert Required(parameter[type], 1, [[a handshake, a heartbeat and a notification are read differently.]])
* parameter[type].name = "type" (exactly)
* insert ValueOnly(parameter[type])
* parameter[type].value[x] only code
* parameter[type].valueCode from CPISNotificationType (required)
* insert Required(parameter[eventsSinceSubscriptionStart], 1, [[a receiver sees whether it missed any.]])
* parameter[eventsSinceSubscriptionStart].name = "events-since-subscription-start" (exactly)
* insert ValueOnly(parameter[eventsSinceSubscriptionStart])
* parameter[eventsSinceSubscriptionStart].value[x] only string
* parameter[eventsSinceSubscriptionStart].valueString obeys cpis-notification-number
* insert Optional(parameter[placeOfAction], 1, [[whether what this Subscription delivers counts as told. $status says it, a notification does not.]])
* parameter[placeOfAction].name = "place-of-action" (exactly)
* insert ValueOnly(parameter[placeOfAction])
* parameter[placeOfAction].value[x] only boolean
* insert Optional(parameter[error], 1, [[what went wrong last, for whoever runs the receiver.]])
* parameter[error].name = "error" (exactly)
* insert ValueOnly(parameter[error])
* parameter[error].value[x] only CodeableConcept

* insert Optional(parameter[notificationEvent], *, [[the events that are reported; a handshake and a heartbeat have none.]])
* parameter[notificationEvent].name = "notification-event" (exactly)
* insert Prohibited(parameter[notificationEvent].value[x], [[an event is its parts.]])
* insert Required(parameter[notificationEvent].part, *, [[number, time and the accesses.]])
* parameter[notificationEvent].part ^slicing.discriminator.type = #value
* parameter[notificationEvent].part ^slicing.discriminator.path = "name"
* parameter[notificationEvent].part ^slicing.rules = #closed
* parameter[notificationEvent].part contains eventNumber 1..1 and timestamp 1..1 and focus 0..1 and additionalContext 0..*
* insert EventPart(eventNumber, event-number)
* insert Required(parameter[notificationEvent].part[eventNumber], 1, [[numbers have no gap, so that a receiver sees whether it missed one.]])
* parameter[notificationEvent].part[eventNumber].value[x] only string
* parameter[notificationEvent].part[eventNumber].valueString obeys cpis-notification-event-number
* insert EventPart(timestamp, timestamp)
* insert Required(parameter[notificationEvent].part[timestamp], 1, [[when the access was.]])
* parameter[notificationEvent].part[timestamp].value[x] only instant
* insert EventPart(focus, focus)
* insert Optional(parameter[notificationEvent].part[focus], 1, [[the access; left out with content empty.]])
* parameter[notificationEvent].part[focus].value[x] only Reference(AuditEvent)
* insert EventPart(additionalContext, additional-context)
* insert Optional(parameter[notificationEvent].part[additionalContext], *, [[further accesses of the same attendance, when look-ups raced: they are one event.]])
* parameter[notificationEvent].part[additionalContext].value[x] only Reference(AuditEvent)
* obeys cpis-notification-kind and cpis-notification-events

RuleSet: ValueOnly(path)
* insert Required({path}.value[x], 1, [[it is what the parameter says.]])
* insert Prohibited({path}.part, [[a parameter with a value has no parts.]])

RuleSet: EventPart(slice, name)
* insert BareBackbone(parameter[notificationEvent].part[{slice}])
* insert Required(parameter[notificationEvent].part[{slice}].name, 1, [[it tells the parts apart.]])
* parameter[notificationEvent].part[{slice}].name = "{name}" (exactly)
* insert Required(parameter[notificationEvent].part[{slice}].value[x], 1, [[it is what the part says.]])
* insert Prohibited(parameter[notificationEvent].part[{slice}].resource, [[an access is an entry of the notification.]])
* insert Prohibited(parameter[notificationEvent].part[{slice}].part, [[a part has no parts.]])

ValueSet: CPISNotificationType
Id: notification-type
Title: "CP-IS notification type"
Description: "What a status is sent for: the codes of R5."
* ^experimental = false
* http://hl7.org/fhir/subscription-notification-type#handshake "Handshake"
* http://hl7.org/fhir/subscription-notification-type#heartbeat "Heartbeat"
* http://hl7.org/fhir/subscription-notification-type#event-notification "Event Notification"
* http://hl7.org/fhir/subscription-notification-type#query-status "Query Status"
* http://hl7.org/fhir/subscription-notification-type#query-event "Query Event"

Invariant: cpis-notification-kind
Description: "An event-notification carries events; a handshake, a heartbeat and a query-status carry none."
Severity: #error
Expression: "(parameter.where(name = 'type' and value = 'event-notification').exists() implies parameter.where(name = 'notification-event').exists()) and (parameter.where(name = 'type').where(value = 'handshake' or value = 'heartbeat' or value = 'query-status').exists() implies parameter.where(name = 'notification-event').empty())"

Invariant: cpis-notification-events
Description: "An event number must not occur twice."
Severity: #error
Expression: "parameter.where(name = 'notification-event').part.where(name = 'event-number').value.isDistinct()"

Invariant: cpis-notification-number
Description: "A count must be digits; in R4 it is sent as a string."
Severity: #error
Expression: "matches('^(0|[1-9][0-9]*)$')"

Invariant: cpis-notification-event-number
Description: "Events are counted from 1."
Severity: #error
Expression: "matches('^[1-9][0-9]*$')"
