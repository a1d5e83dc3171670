Profile: CPISNotification
Parent: Bundle
Id: CPIS-Notification
Title: "CP-IS Notification"
Description: "What the server posts to an authority: a history Bundle whose first entry is the status of the Subscription (Parameters), followed by the accesses (AuditEvent) as far as the content level allows. The shape of the R5 Backport notification for R4."
* insert BundleOnly

// Required and fixed by the R5 Backport.
* type = #history (exactly)
// Required: when it was made, which the receiver's check of the signature compares.
* timestamp 1..1

// Required: fullUrl, request and response, as every entry of a history has them.
* entry.fullUrl 1..1
* entry.request 1..1
* entry.response 1..1
* entry.response.outcome 0..0

// Required: the status. Repeated: the accesses; with id-only they are entries without a resource. Nothing else travels: a plan is read from the server.
* entry 1..*
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains status 1..1 and access 0..*
* entry[status].resource 1..1
* entry[status].resource only Parameters
* entry[access].resource 1..1
* entry[access].resource only CPISAuditEvent
* obeys cpis-notification-first and cpis-notification-status and cpis-notification-events and cpis-notification-kind and cpis-notification-url

Invariant: cpis-notification-first
Description: "The first entry is Parameters, and every other resource is an AuditEvent."
Severity: #error
Expression: "entry.first().resource.ofType(Parameters).exists() and entry.tail().resource.all($this is AuditEvent)"

Invariant: cpis-notification-status
Description: "The status names its Subscription, its state and its type once each, and the topic at most once."
Severity: #error
Expression: "entry.first().resource.ofType(Parameters).all(parameter.where(name = 'subscription').count() = 1 and parameter.where(name = 'subscription').value.reference.exists() and parameter.where(name = 'status').count() = 1 and parameter.where(name = 'status').value.exists() and parameter.where(name = 'type').count() = 1 and parameter.where(name = 'topic').count() <= 1 and parameter.where(name = 'events-since-subscription-start').count() = 1)"

Invariant: cpis-notification-kind
Description: "The type is handshake, heartbeat, event-notification, query-status or query-event; only event-notification and query-event carry events."
Severity: #error
Expression: "entry.first().resource.ofType(Parameters).all((parameter.where(name = 'type').value in ('handshake' | 'heartbeat' | 'query-status') and parameter.where(name = 'notification-event').empty()) or (parameter.where(name = 'type').value = 'event-notification' and parameter.where(name = 'notification-event').exists()) or parameter.where(name = 'type').value = 'query-event')"

Invariant: cpis-notification-events
Description: "Each event has one number, counted from 1, and no number comes twice."
Severity: #error
Expression: "entry.first().resource.ofType(Parameters).parameter.where(name = 'notification-event').all(part.where(name = 'event-number').count() = 1 and part.where(name = 'event-number').value.matches('^[1-9][0-9]*$')) and entry.first().resource.ofType(Parameters).parameter.where(name = 'notification-event').part.where(name = 'event-number').value.isDistinct()"

Invariant: cpis-notification-url
Description: "No URL of a notification has a query part: URLs carry ids, never an NHS number."
Severity: #error
Expression: "(entry.fullUrl | entry.request.url | entry.response.location).all(matches('[?]').not())"
