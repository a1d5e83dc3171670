Profile: CPISSubscription
Parent: Subscription
Id: CPIS-Subscription
Title: "CP-IS Subscription"
Description: "An authority's request for notices on one topic: accesses of its records, missed appointments, inactive NHS numbers, or its own uploads. It has the shape of the R5 Backport subscription for R4: the criteria is the canonical URL of a topic."
* insert DataOnly
* insert Optional(extension, 1, [[whether this is the place of action, and no other.]])
* extension contains PlaceOfAction named placeOfAction 0..1
* extension ^slicing.rules = #closed
* insert Optional(extension[placeOfAction], 1, [[an authority with several Subscriptions says where its people act. Without it the first that was created counts.]])

* insert Required(status, 1, [[a client submits requested or off; active and error are the server's.]])
* insert Bare(status)
* insert Prohibited(contact, [[the operator knows whom to phone; a name in a Subscription goes out of date.]])
* insert Optional(end, 1, [[until when; without it the Subscription stays.]])
* insert Required(reason, 1, [[R4 asks why, for the operator who reads it.]])
* insert Bare(reason)

// A filter that is wrong would keep an authority from knowing of an access, and nobody would notice.
* insert Required(criteria, 1, [[it is the topic. Filters, which the R5 Backport puts into an extension here, are prohibited.]])
* criteria obeys cpis-subscription-topic
* insert Prohibited(criteria.id, [[nothing refers to it, and free text could travel in it unseen.]])
* insert Prohibited(criteria.extension, [[no topic takes a filter. A wrong one would keep the authority from knowing of a child, and nobody would notice.]])

* insert Optional(error, 1, [[the server says what went wrong last.]])

* insert Required(channel, 1, [[it says how and where to.]])
* insert Prohibited(channel.id, [[nothing refers to it, and free text could travel in it unseen.]])
* insert Prohibited(channel.modifierExtension, [[nothing may change the meaning of what this service passes on.]])
* insert Optional(channel.extension, 3, [[the three numbers below, and no other.]])
* channel.extension contains BackportHeartbeatPeriod named heartbeatPeriod 0..1 and BackportTimeout named timeout 0..1 and BackportMaxCount named maxCount 0..1
* channel.extension ^slicing.rules = #closed
* insert Optional(channel.extension[heartbeatPeriod], 1, [[heartbeats show that silence means that nobody looked and not that the connection is lost.]])
* channel.extension[heartbeatPeriod].valueUnsignedInt ^minValueUnsignedInt = 60
* channel.extension[heartbeatPeriod].valueUnsignedInt ^maxValueUnsignedInt = 86400
* insert Optional(channel.extension[timeout], 1, [[it fits how fast the receiver answers.]])
* channel.extension[timeout].valueUnsignedInt ^minValueUnsignedInt = 1
* channel.extension[timeout].valueUnsignedInt ^maxValueUnsignedInt = 30
* insert Optional(channel.extension[maxCount], 1, [[it fits how much the receiver takes at once.]])
* channel.extension[maxCount].valuePositiveInt ^minValuePositiveInt = 1
* channel.extension[maxCount].valuePositiveInt ^maxValuePositiveInt = 100
* channel obeys cpis-subscription-channel
* insert Required(channel.type, 1, [[rest-hook: this server calls a webhook. message with the channel type inbox: the authority fetches. message with the channel type mesh: this server sends into its MESH mailbox. Other channels cannot prove that a notification arrived.]])
* insert Prohibited(channel.type.id, [[nothing refers to it, and free text could travel in it unseen.]])
* insert Optional(channel.type.extension, 1, [[which channel is meant by message, and no other.]])
* channel.type.extension contains BackportChannelType named channelType 0..1
* channel.type.extension ^slicing.rules = #closed
* insert Optional(channel.type.extension[channelType], 1, [[the inbox of this service, or MESH; for a rest-hook nothing.]])
* channel.type.extension[channelType].valueCoding from CPISChannelTypes (required)
* insert Optional(channel.endpoint, 1, [[where to send. For a rest-hook: HTTPS, or plain HTTP to the same machine, to try it out. For MESH: mesh: and the mailbox.]])
* channel.endpoint obeys cpis-subscription-endpoint
* insert Bare(channel.endpoint)
* insert Required(channel.payload, 1, [[FHIR JSON is what this server sends, and what events are read in. Into a MESH mailbox it sends the national XML, which the channel type says.]])
* channel.payload obeys cpis-subscription-payload
* insert Prohibited(channel.payload.id, [[nothing refers to it, and free text could travel in it unseen.]])
* insert Optional(channel.payload.extension, 1, [[the content level, and no other.]])
* channel.payload.extension contains BackportPayloadContent named content 0..1
* channel.payload.extension ^slicing.rules = #closed
* insert Optional(channel.payload.extension[content], 1, [[how much a notification may carry; absent means id-only, and a Subscription that is read says so.]])
* channel.payload.extension[content] ^short = "empty | id-only | full-resource; absent means id-only"
// Notifications are signed too, so a header need not be secret.
* insert Optional(channel.header, 10, [[what a gateway in front of the receiver requires. The answer to the request that sends a value shows it; whoever reads the Subscription sees *** instead; *** sent back keeps it.]])

Extension: PlaceOfAction
Id: place-of-action
Title: "Place of action"
Description: "True on the Subscription where the people of the authority act on its notices: only what is delivered there counts as told. False on one that never is, such as a feed for statistics."
Context: Subscription
* insert ExtensionOnly
* value[x] only boolean

Invariant: cpis-subscription-channel
Description: "A channel must be a rest-hook with an endpoint, or a message with a channel type. The inbox has no endpoint, headers, heartbeat period or timeout, since nothing is sent. mesh has a mailbox as endpoint, such as mesh:X26ABC1, and no headers or numbers."
Severity: #error
Expression: "(type = 'rest-hook' and endpoint.where(startsWith('mesh:').not()).exists() and type.extension.empty()) or (type = 'message' and type.extension.value.where(code != 'mesh').exists() and endpoint.empty() and header.empty() and extension.where(url.endsWith('-heartbeat-period') or url.endsWith('-timeout')).empty()) or (type = 'message' and type.extension.value.where(code = 'mesh').exists() and endpoint.where(startsWith('mesh:')).exists() and header.empty() and extension.empty())"

Invariant: cpis-subscription-topic
Description: "The criteria must be the canonical URL of a topic of this service."
Severity: #error
Expression: "matches('^https://fhir[.]cpis[.]example/SubscriptionTopic/[a-z-]+$')"

Invariant: cpis-subscription-payload
Description: "The payload must be application/fhir+json. The only parameters allowed are fhirVersion=4.0 and charset=utf-8."
Severity: #error
Expression: "matches('^application/fhir[+]json( ?; ?(fhirVersion=4[.]0|charset=utf-8))*$')"

Invariant: cpis-subscription-endpoint
Description: "The endpoint must be an https URL without a user name or fragment; http is allowed only to the same machine. For MESH it must be mesh: and the mailbox."
Severity: #error
Expression: "matches('^https://[^@#/?]+([/?][^#]*)?$') or matches('^http://(localhost|127[.]0[.]0[.]1)(:[0-9]+)?(/[^#]*)?$') or matches('^mesh:[A-Z0-9]{3,30}$')"
