Profile: CPISSubscription
Parent: Subscription
Id: CPIS-Subscription
Title: "CP-IS Subscription"
Description: "An authority's wish to be told when its records are accessed. It has the shape of the R5 Backport subscription for R4: the criteria is the canonical URL of a topic."
* insert DataOnly
* extension 0..0

// Required by R4: a client submits requested or off; active and error are the server's.
* status.extension 0..0
// Required by R4: why, for the operator who reads it.
* reason.extension 0..0
// Optional: until when.
* end 0..1
// Prohibited: whom to ring is known to the operator; a name in a Subscription grows old.
* contact 0..0

// Required: the topic. Filters are prohibited: a filter that is wrong would keep an authority from knowing of an access, and nobody would notice.
* criteria obeys cpis-subscription-topic
* criteria.extension 0..0

// Server's: the last error.
* error 0..1

* channel.modifierExtension 0..0
// Optional: heartbeats show that silence means "no access" and not "no connection"; time out and count fit the subscriber's capacity.
* channel.extension contains BackportHeartbeatPeriod named heartbeatPeriod 0..1 and BackportTimeout named timeout 0..1 and BackportMaxCount named maxCount 0..1
* channel.extension ^slicing.rules = #closed
// Required and fixed: this server calls a webhook. Other channels cannot prove that a notification arrived.
* channel.type = #rest-hook (exactly)
* channel.type.extension 0..0
// Required: where to. HTTPS; plain HTTP only to the same machine, for trying out.
* channel.endpoint 1..1
* channel.endpoint obeys cpis-subscription-endpoint
* channel.endpoint.extension 0..0
// Required: FHIR JSON is what this server sends. It may be spelt with fhirVersion=4.0 and charset=utf-8; it is kept without.
* channel.payload 1..1
* channel.payload obeys cpis-subscription-payload
// Optional: how much a notification may carry. Absent means id-only, and a Subscription that is read says so.
* channel.payload.extension 0..1
* channel.payload.extension contains BackportPayloadContent named content 0..1
* channel.payload.extension[content] ^short = "empty | id-only | full-resource; absent means id-only"
// Optional: what a gateway before the receiver asks for. Whoever reads a Subscription sees *** instead of the value; *** sent back keeps it.
// Notifications are signed besides, so a header need be no secret.
* channel.header 0..10

Invariant: cpis-subscription-topic
Description: "The criteria is the canonical URL of a topic of this service."
Severity: #error
Expression: "matches('^https://fhir[.]cpis[.]example/SubscriptionTopic/[a-z-]+$')"

Invariant: cpis-subscription-payload
Description: "The payload is application/fhir+json, with no parameters but fhirVersion=4.0 and charset=utf-8."
Severity: #error
Expression: "matches('^application/fhir[+]json( ?; ?(fhirVersion=4[.]0|charset=utf-8))*$')"

Invariant: cpis-subscription-endpoint
Description: "The endpoint is an https URL without a user name or fragment; http is for the same machine only."
Severity: #error
Expression: "matches('^https://[^@#/?]+([/?][^#]*)?$') or matches('^http://(localhost|127[.]0[.]0[.]1)(:[0-9]+)?(/[^#]*)?$')"
